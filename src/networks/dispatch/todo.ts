import { HeddleError } from '../../lib/errors.ts';
import { canonicalJson } from '../../lib/hash.ts';
import type { Archetype } from '../standard/archetype.ts';
import type { Kept } from '../standard/collection.ts';
import type { Endpoint, EndpointWish } from '../standard/endpoint.ts';
import type { Network, NetworkWish } from '../standard/network.ts';
import { onWire } from '../standard/on-wire.ts';
import type { WantedEndpoint, WantedNetwork } from '../standard/records.ts';
import { nodeEndpointName, owner, ownerLabel } from './names.ts';

// What one node has to do for one network that nodes share: from what all want, and what it has itself. Pure.

/** What all nodes see. */
export interface SharedView {
  /** Absent: there is none, or there is none any more. */
  readonly network: Kept<WantedNetwork> | undefined;
  readonly endpoints: readonly Kept<WantedEndpoint>[];
  /** Whether this node has said that it has something of it. */
  readonly isClaimed: boolean;
  /** Whether this node was forgotten while it was away: what it has of it still, and the others do not know, goes. */
  readonly isForgotten: boolean;
}

/** What the node’s own service has. */
export interface LocalView {
  readonly network: Network | undefined;
  readonly endpoints: readonly Endpoint[];
}

export interface Todo {
  /** Endpoints that the own service has to lose, by name: before all else. */
  readonly lose: readonly string[];
  /** Endpoints of this node that the others do not know, and nobody had removed: they are left as they are. */
  readonly unknown: readonly string[];
  /** Endpoints that are to be forgotten when the service has lost them: they were this node's. */
  readonly forget: readonly Kept<WantedEndpoint>[];
  /** Then the network has to go as well. */
  readonly leave: boolean;
  /** The network lives here: before anything is made, that is said. */
  readonly claim: boolean;
  /** The node needs an endpoint of its own, which is decided in the shared state: then look again. */
  readonly join: boolean;
  /** What the service has to have. Absent: it does not live here, or is as it should be. */
  readonly network?: NetworkWish;
  /** The same of endpoints that are not as they should be: in this order. */
  readonly endpoints: readonly EndpointWish[];
}

/** The node itself. */
export interface Here {
  readonly node: string;
  readonly hasEdge: boolean;
}

/**
 * @throws HeddleError ERR_RESOURCE_EXISTS when the node has a network of its own by that name; ERR_STATE when it has one that the others
 *   do not know, and nobody had removed
 */
export function todoOf(archetype: Archetype, here: Here, shared: SharedView, local: LocalView): Todo {
  const { node } = here;
  const { network } = shared;
  const isOwn = isOurs(local.network);
  const users = shared.endpoints.filter(({ wanted }) => wanted.attachment.kind !== 'node');
  const stay = users.filter(({ wanted }) => !wanted.deleting);
  const isUsed = stay.some(({ wanted }) => wanted.node === node);
  const isWanted = network !== undefined && !network.wanted.deleting;
  const lives = isWanted && (isUsed || staysHere(shared, isOwn));
  if (local.network && !isOwn) {
    if (lives) refuseNamesake(local.network);
    return { ...nothing, forget: goneFrom(node, users), leave: shared.isClaimed };
  }
  // Whoever has it says so until it is gone, and sees before that it is to go.
  if (isOwn && !network && !shared.isClaimed && !shared.isForgotten)
    throw unknownError(`network ${local.network?.name}`);
  const itself = shared.endpoints.find(({ wanted }) => wanted.name === nodeEndpointName(node))?.wanted;
  const join = lives && archetype.shared?.forNode !== undefined && itself === undefined;
  const wishes = lives ? stay.map(({ wanted }) => endpointWish(wanted, node)) : [];
  const unknown = lives && !shared.isForgotten ? unknownOf(local, shared) : [];
  const byName = new Map(wishes.map((wish) => [wish.name, wish]));
  const there = new Map(local.endpoints.map((endpoint) => [endpoint.name, endpoint]));
  const wish = lives && !join ? networkWish(archetype, network.wanted, itself, here.hasEdge) : undefined;
  return {
    lose: local.endpoints
      .filter(({ name, attachment }) => byName.get(name)?.attachment.kind !== attachment.kind)
      .map(({ name }) => name)
      .filter((name) => !unknown.includes(name)),
    unknown,
    forget: goneFrom(node, users),
    leave: !lives && (isOwn || shared.isClaimed),
    claim: lives && !shared.isClaimed,
    join,
    ...(wish && !isNetwork(local.network, wish) && { network: wish }),
    // Own endpoints first: somebody waits for them.
    endpoints: join
      ? []
      : wishes
          .filter((one) => !isEndpoint(there.get(one.name), one))
          .sort((one, other) => Number(isRemote(one)) - Number(isRemote(other))),
  };
}

/** Who was forgotten has what is wanted of it since then, and nothing of what it had before. */
function staysHere({ isClaimed, isForgotten }: SharedView, isOwn: boolean): boolean {
  return isClaimed || (isOwn && !isForgotten);
}

const nothing: Todo = {
  lose: [],
  unknown: [],
  forget: [],
  leave: false,
  claim: false,
  join: false,
  endpoints: [],
};

export function isOurs(network: Pick<Network, 'labels'> | undefined): boolean {
  return network?.labels[ownerLabel] === owner;
}

function unknownOf(local: LocalView, shared: SharedView): readonly string[] {
  const known = new Set(shared.endpoints.map(({ wanted }) => wanted.name));
  return local.endpoints
    .filter(({ name, attachment }) => attachment.kind !== 'remote' && !known.has(name))
    .map(({ name }) => name);
}

function goneFrom(here: string, users: readonly Kept<WantedEndpoint>[]): readonly Kept<WantedEndpoint>[] {
  return users.filter(({ wanted }) => wanted.deleting && wanted.node === here);
}

function networkWish(
  archetype: Archetype,
  network: WantedNetwork,
  itself: WantedEndpoint | undefined,
  hasEdge: boolean,
): NetworkWish {
  const { name, mtu, labels, options } = network;
  return {
    name,
    archetype: archetype.name,
    mtu,
    // Without an edge it lives here all the same, apart from the other nodes.
    ...(hasEdge && onWire(network)),
    labels: { ...labels, [ownerLabel]: owner },
    options: (itself && archetype.shared?.forNode?.(network, itself)) ?? options,
  };
}

function endpointWish(
  { name, node, attachment, mac, labels, options }: WantedEndpoint,
  here: string,
): EndpointWish {
  const isHere = node === undefined || node === here;
  return {
    name,
    attachment: isHere ? attachment : { kind: 'remote', node },
    mac,
    labels: { ...labels, [ownerLabel]: owner },
    options,
  };
}

function isRemote({ attachment }: EndpointWish): boolean {
  return attachment.kind === 'remote';
}

function isNetwork(network: Network | undefined, wish: NetworkWish): boolean {
  if (network?.status.phase !== 'ready') return false;
  const { mtu, labels, options } = network;
  const { name: _, archetype: __, ...wished } = wish;
  return same({ mtu, ...onWire(network), labels, options }, wished);
}

function isEndpoint(
  endpoint: Endpoint | undefined,
  { attachment, mac, labels, options }: EndpointWish,
): boolean {
  if (endpoint?.status.phase !== 'ready') return false;
  const there = {
    attachment: endpoint.attachment,
    mac: endpoint.mac,
    labels: endpoint.labels,
    options: endpoint.options,
  };
  return same(there, { attachment, mac, labels, options });
}

function same(one: unknown, other: unknown): boolean {
  return canonicalJson(one) === canonicalJson(other);
}

function refuseNamesake({ name, archetype }: Network): void {
  throw new HeddleError(
    'ERR_RESOURCE_EXISTS',
    `network ${name}: this node has one of its own by that name, of ${archetype}`,
  );
}

/** Of what this node has, and the state that nodes share has lost. */
export function unknownError(what: string): HeddleError {
  return new HeddleError(
    'ERR_STATE',
    `${what}: the state that nodes share knows nothing of it, and nobody had it removed: it is left as it is`,
    { hint: 'restore etcd, or mend state.etcd.prefix; `heddle node down --purge` removes it' },
  );
}
