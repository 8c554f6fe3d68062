import { HeddleError, isHeddleError, SeveralErrors, toHeddleError } from '../../lib/errors.ts';
import type { StateManager } from '../../state/state-manager.ts';
import type { Archetype } from '../standard/archetype.ts';
import type { Collection, Kept } from '../standard/collection.ts';
import { ensure, removeIfThere } from '../standard/ensure.ts';
import type { NetworkingService } from '../standard/networking-service.ts';
import { endpointsIn, networksIn, type WantedEndpoint, type WantedNetwork } from '../standard/records.ts';
import type { Nodes, Report } from '../standard/report.ts';
import { forgottenKey } from './forgotten.ts';
import { nodeEndpointName, owner, ownerLabel } from './names.ts';
import { failedAs, Reporter } from './reporter.ts';
import type { Succession } from './succession.ts';
import { type LocalView, type SharedView, type Todo, todoOf, unknownError } from './todo.ts';

/** Times that others may change what is being decided, before that waits. */
const mostTries = 10;

interface Parts {
  readonly archetype: Archetype;
  /** The state that nodes share. */
  readonly state: StateManager;
  readonly nodes: Nodes;
  /** Whether this node joins networks to those of others. */
  readonly hasEdge: boolean;
  /** The service of the archetype on this node. */
  readonly local: NetworkingService;
  /** Decides on endpoints of nodes. */
  readonly deciding: NetworkingService;
  readonly succession: Pick<Succession, 'hasSuccessor' | 'takeOver'>;
}

/** Carries out on this node what nodes want of the networks of one archetype, and reports it. */
export class Carrier {
  readonly #parts: Parts;
  readonly #networks: Collection<WantedNetwork>;
  readonly #reporter: Reporter;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#networks = networksIn(parts.state, parts.archetype, parts.nodes);
    this.#reporter = new Reporter(parts.nodes.here, this.#networks, (name) => this.#endpoints(name));
  }

  /** The names of the networks that this node has, wanted or not any more. */
  async names(): Promise<string[]> {
    const all = await this.#parts.local.networks.list();
    return all.filter(({ labels }) => labels[ownerLabel] === owner).map(({ name }) => name);
  }

  /**
   * Brings about what is wanted of one network here, from whatever there is.
   * @param tries how often others changed what was decided from before it was said
   * @returns whether nodes have anything of it, wanted or not any more
   * @throws SeveralErrors what could not be brought about, when all else is; each was reported
   */
  async carryOut(name: string, tries = 0): Promise<boolean> {
    let shared = await this.#shared(name);
    const { succession } = this.#parts;
    const whose = await this.#whoseNow(name, shared);
    if (whose === 'another’s') return false;
    if (whose === 'ours') return this.carryOut(name, tries);
    let todo: Todo;
    try {
      todo = await this.#todo(name, shared);
      if (todo.claim) shared = await this.#claim(shared);
      if (todo.join) {
        await this.#join(name);
        shared = await this.#shared(name);
        todo = await this.#todo(name, shared);
      }
      if (todo.network) {
        await succession.takeOver(todo.network);
        todo = await this.#todo(name, shared);
      }
    } catch (error) {
      // Nothing has failed: it is decided again.
      const isChanged = isHeddleError(error, 'ERR_REVISION');
      if (isChanged && tries < mostTries) return this.carryOut(name, tries + 1);
      if (!isChanged) await this.#reporter.all(shared, toHeddleError(error));
      throw error;
    }
    const errors = todo.unknown.map((one) => unknownError(`endpoint ${one} of ${name}`));
    const attempt: Attempt = async (work, failed) => {
      try {
        await work();
      } catch (thrown) {
        const error = toHeddleError(thrown);
        errors.push(error);
        await failed(error);
      }
    };
    await this.#lose(name, shared, todo, attempt);
    if (todo.leave && errors.length === 0)
      await attempt(
        () => this.#leave(name, shared),
        (error) => this.#reporter.network(shared.network, failedAs(error, shared.network)),
      );
    else await this.#make(name, shared, todo, attempt);
    await this.#forgetNetwork(name);
    if (errors.length === 0 && shared.isForgotten) await this.#remembered(name);
    if (errors.length > 0)
      throw new SeveralErrors('ERR_NETWORK', errors.map(({ message }) => message).join('; '), errors);
    return shared.network !== undefined;
  }

  /** Whose a network is of which there was none; nothing: there was, or nobody has it. */
  async #whoseNow(
    name: string,
    { network, isForgotten }: SharedView,
  ): Promise<'ours' | 'another’s' | undefined> {
    if (network || isForgotten) return undefined;
    const { succession, archetype } = this.#parts;
    if (await succession.hasSuccessor({ archetype: archetype.name, network: name })) return 'another’s';
    // What another had until now may have become this: what was read before is of neither.
    return (await this.#networks.read(name)) ? 'ours' : undefined;
  }

  async #todo(name: string, shared: SharedView): Promise<Todo> {
    const { archetype, nodes, hasEdge } = this.#parts;
    return todoOf(archetype, { node: nodes.here, hasEdge }, shared, await this.#local(name));
  }

  /** Says that there may be something of the network here, if it is wanted still. */
  async #claim(shared: SharedView): Promise<SharedView> {
    const { network } = shared;
    if (!network) return shared;
    const { name } = network.wanted;
    const claim: Report = { of: 0, phase: 'pending', observed: {} };
    const condition = this.#networks.condition(name, network.revision);
    // Whoever switches it meanwhile has to see it.
    const touched = this.#endpoints(name).touched(this.#parts.nodes.here);
    await this.#networks.report(name, this.#parts.nodes.here, claim, [condition], [touched]);
    const next = await this.#shared(name);
    // Somebody changed it: what was decided may not hold.
    if (!next.isClaimed) throw new HeddleError('ERR_REVISION', `network ${name}: it changed meanwhile`);
    return next;
  }

  async #join(name: string): Promise<void> {
    const { here } = this.#parts.nodes;
    await ensure(this.#parts.deciding.endpoints(name), {
      name: nodeEndpointName(here),
      node: here,
      attachment: { kind: 'node', node: here },
    });
  }

  async #lose(name: string, shared: SharedView, { lose, forget }: Todo, attempt: Attempt): Promise<void> {
    const endpoints = this.#parts.local.endpoints(name);
    const kept = new Map(shared.endpoints.map((one) => [one.wanted.name, one]));
    const stuck = new Set<string>();
    for (const one of lose) {
      await attempt(
        () => removeIfThere(endpoints, one),
        async (error) => {
          stuck.add(one);
          await this.#reporter.endpoint(name, kept.get(one), failedAs(error, kept.get(one)));
        },
      );
    }
    for (const { wanted, revision } of forget) {
      if (!stuck.has(wanted.name)) await this.#endpoints(name).remove(wanted.name, revision);
    }
  }

  async #leave(name: string, shared: SharedView): Promise<void> {
    const { here } = this.#parts.nodes;
    if (await this.#isOurs(name)) await removeIfThere(this.#parts.local.networks, name);
    const itself = shared.endpoints.find(({ wanted }) => wanted.name === nodeEndpointName(here));
    if (itself) await this.#endpoints(name).remove(itself.wanted.name, itself.revision);
    const touched = shared.network ? [this.#endpoints(name).touched(here)] : [];
    await this.#networks.report(name, here, undefined, [], touched);
  }

  /** A network that is to go, and of which no node has anything, is forgotten by whoever sees it. */
  async #forgetNetwork(name: string): Promise<void> {
    const network = await this.#networks.read(name);
    if (!network?.wanted.deleting || (await this.#networks.reports(name)).size > 0) return;
    await this.#networks.remove(name, network.revision, [this.#endpoints(name).forgotten()]);
  }

  async #make(name: string, shared: SharedView, todo: Todo, attempt: Attempt): Promise<void> {
    const { network } = shared;
    if (!network || network.wanted.deleting || !(shared.isClaimed || todo.claim)) return;
    const { local } = this.#parts;
    const wish = todo.network;
    let hasFailed = false;
    await attempt(
      async () => {
        if (wish) await ensure(local.networks, wish);
        const { status } = await local.networks.read(name);
        await this.#reporter.network(shared.network, {
          of: network.revision,
          phase: 'ready',
          ...(network.wanted.vlan !== undefined && !this.#parts.hasEdge && { reason: apart }),
          observed: status.observed,
        });
      },
      async (error) => {
        hasFailed = true;
        await this.#reporter.all(shared, error);
      },
    );
    if (hasFailed) return;
    const wishes = new Map(todo.endpoints.map((one) => [one.name, one]));
    for (const kept of [...ordered(shared.endpoints, todo)]) {
      const { name: endpoint } = kept.wanted;
      const own = wishes.get(endpoint);
      const isHere = kept.wanted.node === this.#parts.nodes.here;
      if (kept.wanted.deleting || kept.wanted.attachment.kind === 'node' || (!own && !isHere)) continue;
      await attempt(
        async () => {
          if (own) await ensure(local.endpoints(name), own);
          if (!isHere) return;
          const { status } = await local.endpoints(name).read(endpoint);
          await this.#reporter.endpoint(name, kept, {
            of: kept.revision,
            phase: 'ready',
            observed: status.observed,
          });
        },
        (error) => (isHere ? this.#reporter.endpoint(name, kept, failedAs(error, kept)) : Promise.resolve()),
      );
    }
  }

  /** Nothing is left of what it had when it was forgotten. */
  async #remembered(name: string): Promise<void> {
    await this.#parts.state.commit([], [{ key: this.#forgottenKey(name), delete: true }]);
  }

  #forgottenKey(network: string): string {
    const { archetype, nodes } = this.#parts;
    return forgottenKey(nodes.here, { archetype: archetype.name, network });
  }

  async #shared(name: string): Promise<SharedView> {
    const [network, endpoints, reports, forgotten] = await Promise.all([
      this.#networks.read(name),
      this.#endpoints(name).all(),
      this.#networks.reports(name),
      this.#parts.state.get(this.#forgottenKey(name)),
    ]);
    return {
      network,
      endpoints: endpoints.kept,
      isClaimed: reports.has(this.#parts.nodes.here),
      isForgotten: forgotten !== undefined,
    };
  }

  async #local(name: string): Promise<LocalView> {
    const { local } = this.#parts;
    try {
      const network = await local.networks.read(name);
      return { network, endpoints: await local.endpoints(name).list() };
    } catch (error) {
      if (isHeddleError(error, 'ERR_RESOURCE_UNKNOWN')) return { network: undefined, endpoints: [] };
      throw error;
    }
  }

  async #isOurs(name: string): Promise<boolean> {
    return (await this.names()).includes(name);
  }

  #endpoints(network: string): Collection<WantedEndpoint> {
    return endpointsIn(this.#parts.state, this.#parts.archetype, network, this.#parts.nodes);
  }
}

const apart = 'the node has no edge, and what is on other nodes is not reached';

type Attempt = (work: () => Promise<void>, failed: (error: HeddleError) => Promise<void>) => Promise<void>;

/** First those that have to be made, in their order; then the others. */
function ordered(endpoints: readonly Kept<WantedEndpoint>[], { endpoints: wishes }: Todo) {
  const place = new Map(wishes.map(({ name }, index) => [name, index]));
  const placeOf = ({ wanted }: Kept<WantedEndpoint>) => place.get(wanted.name) ?? wishes.length;
  return [...endpoints].sort((one, other) => placeOf(one) - placeOf(other));
}
