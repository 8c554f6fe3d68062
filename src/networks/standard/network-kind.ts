import PQueue from 'p-queue';
import { HeddleError } from '../../lib/errors.ts';
import type { NodeEdge } from '../nve/node-edge.ts';
import { checkVlanId, chooseVlanId, type TakenIds } from '../nve/vlan-ids.ts';
import type { Archetype, Driver } from './archetype.ts';
import type { Belongings } from './belongings.ts';
import type { Collection, Kept } from './collection.ts';
import type { LeftNetworks } from './left.ts';
import { type Network, type NetworkWish, networkWish } from './network.ts';
import { onWire } from './on-wire.ts';
import { invalidError, parsed } from './parsed.ts';
import type { WantedEndpoint, WantedNetwork } from './records.ts';
import type { Kind } from './resources.ts';
import type { Around, Sharing } from './sharing.ts';
import { shown } from './shown.ts';
import { statusAfter } from './status-after.ts';

/** What Ethernet carries. */
const defaultMtu = 1500;
/** The least that IPv6 works with (RFC 8200, 5). */
const leastMtu = 1280;

/** Endpoints that follow a change of their network at once: each takes processes of the host. */
const followingAtOnce = 8;

interface Surroundings {
  readonly edge?: NodeEdge | undefined;
  readonly sharing?: Sharing | undefined;
  readonly belongings?: (network: string) => Belongings;
}

/** How networks of an archetype are decided on, made and removed. */
export function networkKind(
  archetype: Archetype,
  driver: Driver,
  endpointsOf: (network: string) => Collection<WantedEndpoint>,
  owed: LeftNetworks,
  { edge, sharing, belongings }: Surroundings = {},
): Kind<WantedNetwork, Network, NetworkWish> {
  const endpointsIn = async (network: string) =>
    (await endpointsOf(network).all()).kept.flatMap(({ wanted }) => (wanted.deleting ? [] : [wanted]));
  return {
    noun: 'network',
    deciding: async () => {
      sharing?.check();
      const around = await sharing?.around(archetype.name);
      const taken = (await driver.taken?.()) ?? [];
      return {
        conditions: around?.conditions ?? [],
        settle: (wish, id, others, before) => {
          refuseNamesake(wish.name, around?.names);
          const settled = settleNetwork(archetype, wish, id, others, { taken, ...around }, before);
          edge?.checkProgram(settled);
          return settled;
        },
      };
    },
    ...(sharing &&
      belongings && {
        // A switch that was cut off may have left something of one that never was, or is not any more.
        mayAdd: async (name: string) => {
          const left = belongings(name);
          await left.clear();
          return [left.none];
        },
      }),
    mayRemove: async ({ name }) => {
      const { kept, unchanged } = await endpointsOf(name).all();
      refuseInUse(name, kept);
      return [unchanged];
    },
    apply: async (network) => driver.applyNetwork(network, await endpointsIn(network.name)),
    remove: async (network) => {
      await driver.removeNetwork(network);
      const isOwed = (await driver.owed?.(network)) !== undefined;
      return [
        endpointsOf(network.name).forgotten(),
        ...(isOwed ? [owed.note({ network, endpoints: [], observed: {} })] : []),
      ];
    },
    // Where nodes share, each follows by itself.
    ...(!sharing && {
      changed: async (network: WantedNetwork) => {
        const endpoints = endpointsOf(network.name);
        const follow = async ({ wanted, status }: Kept<WantedEndpoint>) => {
          if (wanted.deleting) return;
          const now = await statusAfter(status, () => driver.applyEndpoint(wanted, network));
          await endpoints.note(wanted.name, now);
        };
        const { kept } = await endpoints.all();
        await new PQueue({ concurrency: followingAtOnce }).addAll(kept.map((one) => () => follow(one)));
      },
    }),
    show: (kept) => withProgram(shown(kept), edge),
  };
}

/** What will be kept of a wish. Pure. @throws HeddleError */
export function settleNetwork(
  archetype: Archetype,
  wish: NetworkWish,
  id: string,
  others: readonly WantedNetwork[],
  { taken, vlans = new Map(), range, mtu: largest = defaultMtu }: Pick<Around, 'taken'> & Partial<Around>,
  before: WantedNetwork | undefined,
): WantedNetwork {
  const {
    name,
    mtu: size,
    vlan: said,
    program,
    labels = {},
    options = {},
    archetype: asked,
  } = parsed(networkWish, wish, 'network');
  const what = `network ${name}`;
  if (asked !== archetype.name)
    throw invalidError(`${what}: the service of ${archetype.name} makes none of ${asked}`);
  if (said !== undefined && archetype.spansHosts)
    throw invalidError(
      `${what}: vlan: ${asked} gets to other hosts by itself, and is on no physical network`,
    );
  const ids = new Map([...vlans, ...vlansOf(others)]);
  if (said !== undefined) checkVlanId(said, id, ids);
  const given = archetype.spansHosts ? undefined : range;
  const vlan = said ?? (given && (before?.vlan ?? chooseVlanId(id, ids, given)));
  if (program !== undefined && vlan === undefined)
    throw invalidError(
      `${what}: program: its frames pass no edge`,
      'say `vlan` as well: it joins the network to the physical network',
    );
  // What is joined to other nodes fits between all of them; less than this is refused by the edge, with the reason.
  const fitting = vlan === undefined ? defaultMtu : Math.max(leastMtu, Math.min(defaultMtu, largest));
  const own = parsed(archetype.networkOptions, options, `${what}: options`);
  const wanted = {
    name,
    archetype: asked,
    id,
    mtu: size ?? fitting,
    ...onWire({ vlan, program }),
    labels,
    options: own,
  };
  return { ...wanted, options: archetype.settleNetwork?.(wanted, others, taken, before) ?? own };
}

/** What its frames pass is asked of the edge each time: a file that has changed makes it another. */
function withProgram(network: Network, edge: NodeEdge | undefined): Network {
  const { vlan, status } = network;
  const program = vlan === undefined ? undefined : edge?.programOf(vlan);
  return program ? { ...network, status: { ...status, program } } : network;
}

function vlansOf(networks: readonly WantedNetwork[]): TakenIds {
  return new Map(
    networks.flatMap(({ name, vlan }) => (vlan === undefined ? [] : [[vlan, `network ${name}`] as const])),
  );
}

function refuseNamesake(name: string, others: ReadonlyMap<string, string> = new Map()): void {
  const archetype = others.get(name);
  if (archetype !== undefined)
    throw new HeddleError('ERR_RESOURCE_EXISTS', `network ${name}: it is there already, of ${archetype}`);
}

function refuseInUse(name: string, all: readonly { readonly wanted: WantedEndpoint }[]): void {
  // Nodes themselves go with the network.
  const endpoints = all.filter(({ wanted }) => wanted.attachment.kind !== 'node');
  if (endpoints.length === 0) return;
  const names = endpoints.slice(0, 5).map(({ wanted }) => wanted.name);
  const more = endpoints.length > names.length ? ` and ${endpoints.length - names.length} more` : '';
  throw new HeddleError('ERR_RESOURCE_IN_USE', `network ${name} has endpoints: ${names.join(', ')}${more}`);
}
