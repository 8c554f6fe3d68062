import { type HeddleError, SeveralErrors, toHeddleError } from '../../lib/errors.ts';
import { Turns } from '../../lib/turns.ts';
import type { StateManager } from '../../state/state-manager.ts';
import type { Archetype, Driver, ServiceContext } from './archetype.ts';
import type { Collection, Kept } from './collection.ts';
import type { Endpoint, EndpointWish } from './endpoint.ts';
import { endpointKind } from './endpoint-kind.ts';
import { keptTraffic } from './kept-traffic.ts';
import type { Network, NetworkWish } from './network.ts';
import { networkKind } from './network-kind.ts';
import type { NetworkingService } from './networking-service.ts';
import { endpointsIn, networksIn, type WantedEndpoint, type WantedNetwork } from './records.ts';
import { KeptResources } from './resources.ts';
import type { Sharing } from './sharing.ts';
import type { NetworkTraffic } from './traffic.ts';

interface ServiceOptions {
  readonly sharing?: Sharing | undefined;
  readonly among?: readonly Archetype[];
}

/** The networking service of one archetype: its resources in the state, and its driver. */
export class ArchetypeService implements NetworkingService {
  readonly archetype: Archetype;
  readonly networks: KeptResources<WantedNetwork, Network, NetworkWish>;
  readonly traffic: NetworkTraffic;
  /** How often something was not as it should be, since this process began. */
  readonly repairs = { done: 0, failed: 0 };
  readonly #state: StateManager;
  readonly #driver: Driver;
  readonly #networks: Collection<WantedNetwork>;
  readonly #sharing: Sharing | undefined;
  readonly #turns = new Turns();

  /** `sharing`: with other nodes, whose state it is as well; `among`: all archetypes, to say which have what this one lacks. */
  constructor(
    archetype: Archetype,
    state: StateManager,
    context: ServiceContext,
    { sharing, among = [archetype] }: ServiceOptions = {},
  ) {
    this.archetype = archetype;
    this.#state = state;
    this.#sharing = sharing;
    this.#driver = archetype.driver({ ...context, networks: () => this.#wanted() });
    this.#networks = networksIn(state, archetype, sharing);
    const kind = networkKind(archetype, this.#driver, (network) => this.#endpoints(network), sharing);
    this.networks = new KeptResources(this.#networks, kind, this.#turns, (name) => name);
    this.traffic = keptTraffic({
      archetype,
      driver: this.#driver,
      networks: this.#networks,
      endpointsOf: (network) => this.#endpoints(network),
      among,
    });
  }

  endpoints(network: string): KeptResources<WantedEndpoint, Endpoint, EndpointWish> {
    const kind = endpointKind(this.archetype, this.#driver, this.#networks, network, this.#sharing);
    return new KeptResources(this.#endpoints(network), kind, this.#turns, () => network);
  }

  /**
   * Looks at everything once, and brings about what is not as it should be: after a start, and from time to time.
   * @throws SeveralErrors what could not be brought about, when all else is
   */
  async reconcile(): Promise<void> {
    const networks = (await this.#networks.all()).kept;
    if (networks.length === 0) return;
    const perNetwork = await Promise.all(networks.map(({ wanted }) => this.#endpoints(wanted.name).all()));
    const endpoints = perNetwork.flatMap(({ kept }) => kept);
    const drifted = await this.#driver.drifted?.(networks.map(wantedOf), endpoints.map(wantedOf));
    const isDrifted = (id: string) => drifted === undefined || drifted.has(id);
    const network = ({ name, id }: WantedNetwork) => this.networks.repair(name, isDrifted(id));
    const endpoint = ({ network: of, name, id }: WantedEndpoint) =>
      this.endpoints(of).repair(name, isDrifted(id));
    const errors: HeddleError[] = [];
    const repaired = async (work: Promise<boolean>) => {
      try {
        // What is applied again each time, nobody knows to have drifted.
        if ((await work) && drifted) this.repairs.done++;
      } catch (error) {
        this.repairs.failed++;
        errors.push(toHeddleError(error));
      }
    };
    const all = <W>(those: readonly W[], repair: (one: W) => Promise<boolean>) =>
      Promise.all(those.map((one) => repaired(repair(one))));
    const wanted = endpoints.map(wantedOf);
    await all(
      wanted.filter(({ deleting }) => deleting),
      endpoint,
    );
    await all(networks.map(wantedOf), network);
    await all(
      wanted.filter(({ deleting }) => !deleting),
      endpoint,
    );
    if (errors.length > 0)
      throw new SeveralErrors('ERR_NETWORK', errors.map(({ message }) => message).join('; '), errors);
  }

  async close(): Promise<void> {
    await this.#driver.close?.();
  }

  async #wanted(): Promise<readonly WantedNetwork[]> {
    const { kept } = await this.#networks.all();
    return kept.map(wantedOf).filter(({ deleting }) => !deleting);
  }

  #endpoints(network: string): Collection<WantedEndpoint> {
    return endpointsIn(this.#state, this.archetype, network, this.#sharing);
  }
}

function wantedOf<W>({ wanted }: Kept<W>): W {
  return wanted;
}
