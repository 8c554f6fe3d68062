import type { HeddleError } from '../../lib/errors.ts';
import type { StateManager } from '../../state/state-manager.ts';
import type { NodeEdge } from '../nve/node-edge.ts';
import type { Archetype, Observed } from '../standard/archetype.ts';
import type { NetworkingService } from '../standard/networking-service.ts';
import type { Sharing } from '../standard/sharing.ts';
import { Switcher } from '../switch/switcher.ts';
import { Agent } from './agent.ts';
import { answeringIn } from './answering.ts';
import { aroundIn } from './around.ts';
import { Asking } from './asking.ts';
import { Carrier } from './carrier.ts';
import { type FarTraffic, farTraffic } from './far-traffic.ts';
import { HostReport, type HostState } from './host-report.ts';
import { knownHere } from './known-here.ts';
import { Members } from './members.ts';
import type { Presence } from './presence.ts';
import { decidingServices, sharedServices } from './shared-services.ts';
import { Succession } from './succession.ts';
import { Wakes } from './wakes.ts';

export interface DispatcherOptions {
  readonly archetypes: readonly Archetype[];
  /** The state that nodes share, and the one of this node. */
  readonly shared: StateManager;
  readonly own: StateManager;
  readonly presence: Presence;
  /** The services of this node, by archetype. */
  readonly local: ReadonlyMap<string, NetworkingService>;
  /** Switches the networks of this node. */
  readonly switcher: Pick<Switcher, 'switch'>;
  /** What joins networks of this node to those of others. */
  readonly edge: NodeEdge | undefined;
  /** What this host has that decisions have to regard. */
  look(): Promise<HostState>;
  failed(error: HeddleError): void;
}

/** The networks that several nodes share, at one of them: each may be asked, and those do it whom it concerns. */
export class Dispatcher {
  /** By archetype. */
  readonly services: ReadonlyMap<string, NetworkingService>;
  readonly members: Members;
  /** Of networks that nodes share. */
  readonly switcher: Switcher;
  readonly #presence: Presence;
  readonly #agent: Agent;
  readonly #report: HostReport;
  readonly #asking: Asking;
  readonly #wakes = new Wakes();
  #isStopped = false;
  readonly #failed: (error: HeddleError) => void;

  constructor({ archetypes, shared, own, presence, local, switcher, edge, look, failed }: DispatcherOptions) {
    this.#presence = presence;
    this.members = new Members(shared, archetypes, presence);
    this.#failed = failed;
    this.#report = new HostReport(presence.here, shared, look, failed);
    const sharing: Sharing = {
      here: presence.here,
      isPresent: (node) => presence.isPresent(node),
      check: () => presence.check(),
      around: (archetype) => aroundIn(shared, archetypes, { node: presence.here, look }, archetype),
    };
    const answering = (archetype: string) => answeringIn(archetypes, local, archetype);
    this.#asking = new Asking({
      shared,
      nodes: sharing,
      answering,
      failed,
    });
    const held = async (archetype: string, node: string, options: Observed) =>
      node === presence.here
        ? ((await answering(archetype)?.held?.(options)) ?? new Set<string>())
        : new Set((await this.#asking.ask(node, { kind: 'held', archetype, options })) as string[]);
    const services = sharedServices(archetypes, shared, { sharing, edge }, this.#wakes, held);
    this.services = new Map(
      archetypes.map(({ name }) => [
        name,
        knownHere(serviceIn(services, name), serviceIn(local, name), presence.here),
      ]),
    );
    this.switcher = new Switcher(services, shared, true);
    const succession = new Succession({ archetypes, state: shared, nodes: sharing, local, switcher });
    const deciding = decidingServices(archetypes, shared, sharing);
    const carriers = archetypes.map((archetype) => {
      const { name } = archetype;
      const parts = {
        archetype,
        state: shared,
        nodes: sharing,
        hasEdge: edge !== undefined,
        local: serviceIn(local, name),
        deciding: serviceIn(deciding, name),
        succession,
      };
      return [name, new Carrier(parts)] as const;
    });
    this.#agent = new Agent({
      presence,
      shared,
      own,
      carriers: new Map(carriers),
      wakes: this.#wakes,
      failed,
    });
  }

  start(): void {
    // Nothing is carried out under a name that may be another's.
    void this.#presence
      .start(() => this.#wakes.wakeAll(), this.#failed)
      .then(() => {
        if (this.#isStopped) return;
        this.#report.start();
        this.#agent.start();
        this.#asking.start();
      });
  }

  /** What passes on networks of an archetype at another node. */
  trafficAt(node: string, archetype: string): FarTraffic {
    return farTraffic(this.#asking, node, archetype);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#asking.stop();
    await this.#agent.stop();
    await this.#report.stop();
    await this.#presence.stop();
  }
}

function serviceIn(services: ReadonlyMap<string, NetworkingService>, archetype: string): NetworkingService {
  const found = services.get(archetype);
  if (!found) throw new Error(`no service of ${archetype}`);
  return found;
}
