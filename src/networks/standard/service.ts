import PQueue from 'p-queue';
import { type HeddleError, isHeddleError, SeveralErrors, toHeddleError } from '../../lib/errors.ts';
import { Turns } from '../../lib/turns.ts';
import type { StateManager } from '../../state/state-manager.ts';
import type { Archetype, Driver, ServiceContext } from './archetype.ts';
import { Belongings } from './belongings.ts';
import type { Collection, Kept } from './collection.ts';
import type { Endpoint, EndpointWish } from './endpoint.ts';
import { endpointKind } from './endpoint-kind.ts';
import { keptTraffic } from './kept-traffic.ts';
import { LeftNetworks } from './left.ts';
import type { Network, NetworkWish } from './network.ts';
import { networkKind } from './network-kind.ts';
import type { NetworkingService } from './networking-service.ts';
import { endpointsIn, networksIn, type WantedEndpoint, type WantedNetwork } from './records.ts';
import { KeptResources } from './resources.ts';
import type { Around, Sharing } from './sharing.ts';
import type { NetworkTraffic } from './traffic.ts';

interface ServiceOptions {
  readonly sharing?: Sharing | undefined;
  readonly among?: readonly Archetype[];
}

/** Networks and endpoints that are repaired at once: each takes processes of the host. */
const repairsAtOnce = 8;

/** The networking service of one archetype: its resources in the state, and its driver. */
export class ArchetypeService implements NetworkingService {
  readonly archetype: Archetype;
  readonly networks: KeptResources<WantedNetwork, Network, NetworkWish>;
  readonly traffic: NetworkTraffic;
  /** How often something was not as it should be, since this process began. */
  readonly repairs = { done: 0, failed: 0 };
  readonly #state: StateManager;
  readonly #driver: Driver;
  /** What is kept of its networks, for whoever changes what several services keep. */
  readonly kept: Collection<WantedNetwork>;
  /** Those that are another archetype's by now. */
  readonly left: LeftNetworks;
  /** Those that are removed, and not wholly gone. */
  readonly #owed: LeftNetworks;
  /** What there was of them at the last look, in words. */
  owes: readonly string[] = [];
  readonly #queue = new PQueue({ concurrency: repairsAtOnce });
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
    this.left = new LeftNetworks(state, archetype.name);
    this.#owed = new LeftNetworks(state, archetype.name, 'owed');
    this.kept = networksIn(state, archetype, sharing);
    const kind = networkKind(archetype, this.#driver, (network) => this.endpointsKept(network), this.#owed, {
      edge: context.edge,
      sharing,
      belongings: (network) => this.belongings(network),
    });
    this.networks = new KeptResources(this.kept, kind, this.#turns, (name) => name);
    this.traffic = keptTraffic({
      archetype,
      driver: this.#driver,
      registry: context.registry,
      networks: this.kept,
      endpointsOf: (network) => this.endpointsKept(network),
      among,
    });
  }

  endpoints(network: string): KeptResources<WantedEndpoint, Endpoint, EndpointWish> {
    const kind = endpointKind(
      this.archetype,
      this.#driver,
      this.kept,
      this.endpointsKept(network),
      network,
      this.#sharing,
    );
    return new KeptResources(this.endpointsKept(network), kind, this.#turns, () => network);
  }

  /**
   * Looks at everything once, and brings about what is not as it should be: after a start, and from time to time.
   * @throws SeveralErrors what could not be brought about, when all else is
   */
  async reconcile(): Promise<void> {
    const errors: HeddleError[] = [];
    await this.leaveAll().catch((error) => void errors.push(toHeddleError(error)));
    await this.settleOwed().catch((error) => void errors.push(toHeddleError(error)));
    const networks = (await this.kept.all()).kept;
    const perNetwork = await Promise.all(networks.map(({ wanted }) => this.endpointsKept(wanted.name).all()));
    const endpoints = perNetwork.flatMap(({ kept }) => kept);
    const drifted =
      networks.length === 0
        ? undefined
        : await this.#driver.drifted?.(networks.map(wantedOf), endpoints.map(wantedOf));
    const isDrifted = (id: string) => drifted === undefined || drifted.has(id);
    const network = ({ name, id }: WantedNetwork) => this.networks.repair(name, isDrifted(id));
    const endpoint = ({ network: of, name, id }: WantedEndpoint) =>
      this.endpoints(of).repair(name, isDrifted(id));
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
      this.#queue.addAll(those.map((one) => () => repaired(repair(one))));
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

  /** Takes away what is left of networks that are another archetype's by now. */
  async leaveAll(): Promise<void> {
    for (const left of await this.left.all()) {
      await this.inTurn(left.network.name, async () => {
        await this.#driver.leaveNetwork?.(left.network, left.endpoints, left.observed);
        await this.#state.commit([], [this.left.forget(left)]);
      });
    }
  }

  /**
   * Takes away what there still is of networks that were removed, from whoever runs by now.
   * @returns what is left, in words
   * @throws SeveralErrors what was not tried to its end, when all else was
   */
  async settleOwed(): Promise<string[]> {
    const left: string[] = [];
    const errors: HeddleError[] = [];
    for (const owed of await this.#owed.all()) {
      const { network } = owed;
      const settle = async () => {
        await this.#driver.removeNetwork(network);
        const what = await this.#driver.owed?.(network);
        if (what === undefined) await this.#state.commit([], [this.#owed.forget(owed)]);
        else left.push(`${what}, of network ${network.name}`);
      };
      await this.inTurn(network.name, settle).catch((error) => {
        errors.push(toHeddleError(error));
        left.push(`something of network ${network.name}`);
      });
    }
    this.owes = left;
    if (errors.length > 0)
      throw new SeveralErrors('ERR_NETWORK', errors.map(({ message }) => message).join('; '), errors);
    return left;
  }

  /** Nobody is to take away any more what there is of networks that were removed. */
  async giveUpOwed(): Promise<void> {
    const forgotten = (await this.#owed.all()).map((owed) => this.#owed.forget(owed));
    await this.#state.commit([], forgotten);
  }

  /** What a decision on a network has to regard besides the others of the archetype. @throws HeddleError ERR_NODE_NAME */
  async around(): Promise<Around> {
    this.#sharing?.check();
    const around = await this.#sharing?.around(this.archetype.name);
    const taken = (await this.#driver.taken?.()) ?? [];
    return around ?? { conditions: [], names: new Map(), vlans: new Map(), taken };
  }

  /** Brings about what is wanted of a network and its endpoints. @throws HeddleError */
  async bringAbout(network: string): Promise<void> {
    await this.networks.repair(network, true);
    const { kept } = await this.endpointsKept(network).all();
    const endpoints = this.endpoints(network);
    await this.#queue.addAll(
      kept.map(
        ({ wanted }) =>
          () =>
            // One that went meanwhile is no more to be made.
            endpoints.repair(wanted.name, true).catch((error) => {
              if (!isHeddleError(error, 'ERR_RESOURCE_UNKNOWN')) throw error;
            }),
      ),
    );
  }

  /** Work on a network, when nobody else works on it. */
  inTurn<T>(network: string, work: () => Promise<T>): Promise<T> {
    return this.#turns.take(network, work);
  }

  async close(): Promise<void> {
    await this.#driver.close?.();
  }

  async #wanted(): Promise<readonly WantedNetwork[]> {
    const { kept } = await this.kept.all();
    return kept.map(wantedOf).filter(({ deleting }) => !deleting);
  }

  /** What is kept with a network, where nodes share it. */
  belongings(network: string): Belongings {
    return new Belongings(this.#state, { archetype: this.archetype.name, network });
  }

  endpointsKept(network: string): Collection<WantedEndpoint> {
    return endpointsIn(this.#state, this.archetype, network, this.#sharing);
  }
}

function wantedOf<W>({ wanted }: Kept<W>): W {
  return wanted;
}
