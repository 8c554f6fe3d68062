import { HeddleError } from '../../lib/errors.ts';
import type { StateManager } from '../../state/state-manager.ts';
import type { Archetype, Driver } from './archetype.ts';
import type { Collection } from './collection.ts';
import { invalidError } from './parsed.ts';
import type { WantedEndpoint, WantedNetwork } from './records.ts';
import type { FrameWish, NetworkTraffic, TrafficRead } from './traffic.ts';

interface Sources {
  readonly archetype: Archetype;
  readonly driver: Driver;
  readonly registry: StateManager;
  readonly networks: Collection<WantedNetwork>;
  readonly endpointsOf: (network: string) => Collection<WantedEndpoint>;
  /** All that there are, for saying which have what is asked for. */
  readonly among: readonly Archetype[];
}

/** What is to be read of the networks that are kept: their driver has it, if anybody. */
export function keptTraffic({
  archetype,
  driver,
  registry,
  networks,
  endpointsOf,
  among,
}: Sources): NetworkTraffic {
  const all = async () => (await networks.all()).kept.map(({ wanted }) => wanted);
  const there = async (name: string) => {
    const kept = await networks.read(name);
    if (kept) return kept.wanted;
    throw new HeddleError(
      'ERR_RESOURCE_UNKNOWN',
      `network ${JSON.stringify(name.slice(0, 230))}: there is none`,
    );
  };
  const endpointsIn = async (those: readonly WantedNetwork[]) => {
    const perNetwork = await Promise.all(those.map(({ name }) => endpointsOf(name).all()));
    return perNetwork.flatMap(({ kept }) => kept.map(({ wanted }) => wanted));
  };
  return {
    counters: async (name) => {
      // Of all networks there are, those that are counted.
      if (!driver.counters && name === undefined) return [];
      const those = name === undefined ? await all() : [await there(name)];
      if (!driver.counters) throw lacking(archetype, name ?? '', 'counters', among);
      if (those.length === 0) return [];
      return [...(await driver.counters(those, await endpointsIn(those)))];
    },
    flows: async (name) => {
      const network = await there(name);
      if (!driver.flows) throw lacking(archetype, name, 'flows', among);
      return [...(await driver.flows(network))];
    },
    trace: async (name, frame) => {
      const network = await there(name);
      if (!driver.trace) throw lacking(archetype, name, 'trace', among);
      const endpoints = await endpointsIn(await all());
      const own = endpoints.filter((endpoint) => endpoint.network === name);
      return driver.trace(checked(frame, network, own), network, endpoints);
    },
    directory: async (name) => {
      await there(name);
      if (!archetype.directory) throw lacking(archetype, name, 'directory', among);
      return archetype.directory(registry, name);
    },
  };
}

/** A frame comes from somebody who is there. */
function checked(frame: FrameWish, { name }: WantedNetwork, endpoints: readonly WantedEndpoint[]): FrameWish {
  if (!endpoints.some((endpoint) => endpoint.name === frame.from))
    throw new HeddleError('ERR_RESOURCE_UNKNOWN', `endpoint of ${name} "${frame.from}": there is none`);
  if (frame.port !== undefined && (frame.protocol ?? 'icmp') === 'icmp')
    throw invalidError(`a frame from ${frame.from}: port: only tcp and udp have ports`);
  return frame;
}

function lacking(
  { name }: Archetype,
  network: string,
  what: TrafficRead | 'directory',
  among: readonly Archetype[],
): HeddleError {
  const having = among
    .filter(({ traffic = [], directory }) => (what === 'directory' ? directory : traffic.includes(what)))
    .map((one) => one.name);
  const those = having.length === 0 ? 'of no archetype there are' : `of ${having.join(', ')} there are`;
  return new HeddleError(
    'ERR_ARCHETYPE_LACKS',
    `network ${network}: networks of ${name} have no ${what}; ${those}`,
  );
}
