import { EventEmitter } from 'node:events';
import { HeddleError, isHeddleError } from '../../lib/errors.ts';
import { Turns } from '../../lib/turns.ts';
import type { FarTraffic } from '../../networks/dispatch/far-traffic.ts';
import { type Endpoint, type EndpointWish, isOfServices } from '../../networks/standard/endpoint.ts';
import { readIfThere } from '../../networks/standard/ensure.ts';
import type { Network, NetworkWish } from '../../networks/standard/network.ts';
import type {
  NetworkingService,
  Networks,
  ResourceEvent,
  Resources,
} from '../../networks/standard/networking-service.ts';
import { invalidError } from '../../networks/standard/parsed.ts';
import type { Switched, SwitchWish } from '../../networks/standard/switch.ts';
import type { NetworkTraffic } from '../../networks/standard/traffic.ts';
import type { Switcher } from '../../networks/switch/switcher.ts';
import { merged } from './merged.ts';
import { elsewhereError, nodesToAsk } from './nodes-to-ask.ts';

/** Labels that services put on what they make for each other. */
const reserved = 'heddle.';

/**
 * The networks of all archetypes as one: a name is one network's, whatever its archetype. What services make for each other
 * is not shown.
 */
export class Networking implements Networks {
  readonly #services: ReadonlyMap<string, NetworkingService>;
  readonly #local: ReadonlyMap<string, NetworkingService>;
  readonly #far: ((node: string, archetype: string) => FarTraffic) | undefined;
  readonly #turns = new Turns();

  readonly #switcher: Pick<Switcher, 'switch'> | undefined;
  readonly #switches = new EventEmitter().setMaxListeners(0);

  /**
   * `local`: those that have on this host what the others decide on with other nodes. Default: the same. `switcher`: absent where
   * none changes archetypes; `far`: who is asked for what passes at another node.
   */
  constructor(
    services: ReadonlyMap<string, NetworkingService>,
    local: ReadonlyMap<string, NetworkingService> = services,
    switcher?: Pick<Switcher, 'switch'>,
    far?: (node: string, archetype: string) => FarTraffic,
  ) {
    this.#far = far;
    this.#services = services;
    this.#local = local;
    this.#switcher = switcher;
  }

  switch(name: string, wish: SwitchWish): Promise<Switched> {
    const switcher = this.#switcher;
    if (!switcher) throw invalidError(`network ${name}: it keeps its archetype here`);
    return this.#turns.take(name, async () => {
      const { network } = await this.#there(name);
      const switched = await switcher.switch(network, wish);
      if (switched.network.archetype !== network.archetype) this.#switches.emit(name);
      return switched;
    });
  }

  readonly networks: Resources<Network, NetworkWish> = {
    create: (wish, key) => {
      const service = this.#service(wish.archetype, `network ${wish.name}`);
      refuseReserved(wish);
      return this.#turns.take(wish.name, async () => {
        const there = await this.#find(wish.name);
        if (there && there.network.archetype !== wish.archetype)
          throw new HeddleError(
            'ERR_RESOURCE_EXISTS',
            `network ${wish.name}: it is there already, of ${there.network.archetype}`,
          );
        return service.networks.create(wish, key);
      });
    },
    read: async (name) => (await this.#there(name)).network,
    list: async () => {
      const all = await Promise.all(
        [...this.#services.values()].map(({ networks }) => unlessAbsent(networks)),
      );
      return all.flat().filter(isShown).sort(byName);
    },
    update: (wish, revision, key) => {
      refuseReserved(wish);
      return this.#turns.take(wish.name, async () => {
        const { service, network } = await this.#there(wish.name);
        if (network.archetype !== wish.archetype)
          throw invalidError(
            `network ${wish.name}: archetype: it is of ${network.archetype}, and an update does not change that`,
            '`heddle net switch` does',
          );
        return service.networks.update(wish, revision, key);
      });
    },
    delete: (name, revision) =>
      this.#turns.take(name, async () => (await this.#there(name)).service.networks.delete(name, revision)),
    watch: (signal, after) => {
      // The revisions of several services come in no order: who was cut off may have missed one before the last.
      if (after !== undefined)
        throw new HeddleError('ERR_WATCH_EXPIRED', 'changes of several services are not kept in one order');
      const watches = [...this.#services].map(([archetype, { networks }]) =>
        from(archetype, networks.watch(signal)),
      );
      const shown = new Map<string, string>();
      const isNews = ({ archetype, event }: Told) => {
        // One that is another archetype's by now is not gone.
        if (event.type === 'removed') return shown.get(event.name) === archetype && shown.delete(event.name);
        if (isShown(event.resource)) shown.set(event.resource.name, archetype);
        return isShown(event.resource);
      };
      return eventsOf(merged(watches, signal, isNews));
    },
  };

  /**
   * What passes on this host: of a network of several nodes, what it has here. One that lives on other nodes only is looked at there, and
   * a frame of an endpoint of another node is traced by that.
   */
  readonly traffic: NetworkTraffic = {
    counters: async (name) => {
      if (name !== undefined) return this.#fromAll(name, (traffic) => traffic.counters(name));
      const [shown, ...all] = await Promise.all([
        this.networks.list(),
        ...[...this.#local.values()].map(({ traffic }) => traffic.counters()),
      ]);
      const names = new Set(shown.map(keyOf));
      return all.flat().filter(({ network, archetype }) => names.has(keyOf({ name: network, archetype })));
    },
    flows: async (name) => this.#fromAll(name, (traffic) => traffic.flows(name)),
    trace: async (name, frame) => {
      const [traffic] = await this.#trafficOf(name, frame.from);
      return traffic.trace(name, frame);
    },
    // Of all nodes, also where it does not live on this one.
    directory: async (name) => (await this.#there(name)).service.traffic.directory(name),
  };

  endpoints(network: string): Resources<Endpoint, EndpointWish> {
    const of = async () => (await this.#there(network)).service.endpoints(network);
    const inTurn = <T>(work: (resources: Resources<Endpoint, EndpointWish>) => Promise<T>) =>
      this.#turns.take(network, async () => work(await of()));
    return {
      create: async (wish, key) => {
        refuseOfServices(wish);
        return inTurn((resources) => resources.create(wish, key));
      },
      read: async (name) => (await of()).read(name),
      list: async () => (await (await of()).list()).filter(isOfUsers),
      update: async (wish, revision, key) => {
        refuseOfServices(wish);
        return inTurn((resources) => resources.update(wish, revision, key));
      },
      delete: (name, revision) => inTurn((resources) => resources.delete(name, revision)),
      watch: (signal, after) =>
        this.#untilSwitched(network, signal, (until) =>
          later(of, async function* (resources) {
            for await (const event of resources.watch(until, after))
              if (event.type === 'removed' || isOfUsers(event.resource)) yield event;
          }),
        ),
    };
  }

  /** Whoever watches endpoints begins again when another service has them. */
  async *#untilSwitched<Item>(
    network: string,
    signal: AbortSignal,
    watch: (until: AbortSignal) => AsyncIterable<Item>,
  ): AsyncIterable<Item> {
    const switched = new AbortController();
    const end = () => switched.abort();
    this.#switches.once(network, end);
    try {
      yield* watch(AbortSignal.any([signal, switched.signal]));
    } finally {
      this.#switches.off(network, end);
    }
    if (switched.signal.aborted && !signal.aborted)
      throw new HeddleError('ERR_WATCH_EXPIRED', `network ${network} has become one of another archetype`);
  }

  /** Of all nodes that are asked, what those answer that are there; where none is, why. A part that is there and fails, fails all. */
  async #fromAll<Item>(name: string, read: (traffic: FarTraffic) => Promise<Item[]>): Promise<Item[]> {
    const asked = await Promise.allSettled((await this.#trafficOf(name)).map(read));
    const answered = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const failures = asked.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    const failed = failures.find((reason) => !isHeddleError(reason, 'ERR_NODE_AWAY'));
    if (failed !== undefined) throw failed;
    if (failures.length > 0 && answered.length === 0) throw failures[0];
    return answered.flat();
  }

  async #trafficOf(name: string, from?: string): Promise<[FarTraffic, ...FarTraffic[]]> {
    const { service, network } = await this.#there(name);
    const { archetype } = network;
    const local = this.#local.get(archetype) ?? service;
    if (this.#local === this.#services) return [local.traffic];
    const [first, ...more] = await nodesToAsk(local, service, network, from);
    if (first === undefined) return [local.traffic];
    const far = this.#far;
    if (!far) throw elsewhereError(name, [first, ...more]);
    return [far(first, archetype), ...more.map((node) => far(node, archetype))];
  }

  #service(archetype: string, what: string): NetworkingService {
    const service = this.#services.get(archetype);
    if (service) return service;
    const there = [...this.#services.keys()].join(', ');
    throw new HeddleError(
      'ERR_ARCHETYPE_UNKNOWN',
      `${what}: archetype ${JSON.stringify(archetype)}: there are ${there}`,
    );
  }

  async #there(name: string): Promise<{ readonly service: NetworkingService; readonly network: Network }> {
    const found = await this.#find(name);
    if (found) return found;
    throw new HeddleError(
      'ERR_RESOURCE_UNKNOWN',
      `network ${JSON.stringify(name.slice(0, 230))}: there is none`,
    );
  }

  /** Services are asked at once; one that does not answer keeps nothing of the others from being found. */
  async #find(name: string) {
    const asked = [...this.#services.values()].map(async (service) => {
      const network = await readIfThere(service.networks, name);
      return network && { service, network };
    });
    const answers = await Promise.allSettled(asked);
    const found = answers.flatMap((one) => (one.status === 'fulfilled' && one.value ? [one.value] : []));
    const shown = found.find(({ network }) => isShown(network));
    if (shown) return shown;
    const silent = answers.find((one) => one.status === 'rejected');
    if (silent) throw silent.reason;
    return undefined;
  }
}

/** One that was never there since the node started says nothing; whether it has a name, `#find` still asks. */
async function unlessAbsent(networks: Pick<Resources<Network, NetworkWish>, 'list'>): Promise<Network[]> {
  try {
    return await networks.list();
  } catch (error) {
    if (isHeddleError(error, 'ERR_SERVICE_ABSENT')) return [];
    throw error;
  }
}

function isShown({ labels }: Pick<Network, 'labels'>): boolean {
  return !Object.keys(labels).some((label) => label.startsWith(reserved));
}

function refuseReserved({ name, labels = {} }: Pick<NetworkWish, 'name' | 'labels'>): void {
  const label = Object.keys(labels).find((one) => one.startsWith(reserved));
  if (label !== undefined) throw invalidError(`${name}: labels: ${label} is reserved for Heddle`);
}

function refuseOfServices(wish: EndpointWish): void {
  refuseReserved(wish);
  const { name, attachment } = wish;
  if (isOfServices(attachment))
    throw invalidError(`${name}: attachment.kind: ${attachment.kind} is what services say to each other`);
}

/** What nodes have on networks is none of what was asked for. */
function isOfUsers({ attachment }: Endpoint): boolean {
  return !isOfServices(attachment);
}

function keyOf({ name, archetype }: Pick<Network, 'name' | 'archetype'>): string {
  return `${archetype}/${name}`;
}

function byName(one: Network, other: Network): number {
  return one.name < other.name ? -1 : 1;
}

/** An event, and whose it is. */
interface Told {
  readonly archetype: string;
  readonly event: ResourceEvent<Network>;
}

async function* from(archetype: string, events: AsyncIterable<ResourceEvent<Network>>): AsyncIterable<Told> {
  for await (const event of events) yield { archetype, event };
}

async function* eventsOf(told: AsyncIterable<Told>): AsyncIterable<ResourceEvent<Network>> {
  for await (const { event } of told) yield event;
}

async function* later<Of, Item>(
  of: () => Promise<Of>,
  items: (of: Of) => AsyncIterable<Item>,
): AsyncIterable<Item> {
  yield* items(await of());
}
