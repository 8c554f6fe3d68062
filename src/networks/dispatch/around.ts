import type { StateManager } from '../../state/state-manager.ts';
import type { VlanRange } from '../nve/vlan-ids.ts';
import type { Archetype, Taken } from '../standard/archetype.ts';
import { networksIn, type WantedNetwork } from '../standard/records.ts';
import { type Around, sharedSerial } from '../standard/sharing.ts';
import { type HostState, hostsIn } from './host-report.ts';

/** The node that decides. */
interface HereNow {
  readonly node: string;
  look(): Promise<HostState>;
}

/** What networks of other archetypes have, and what hosts have, as it was at one time. */
export async function aroundIn(
  state: StateManager,
  archetypes: readonly Archetype[],
  here: HereNow,
  archetype: string,
): Promise<Around> {
  // Before all else: what changes meanwhile lets the decision be made again.
  const serial = await state.get(sharedSerial);
  const others = archetypes.filter(({ name }) => name !== archetype);
  const [networks, said, now] = await Promise.all([prefixed(state, others), hostsIn(state), here.look()]);
  // What this one said of itself may be older than what it made since, or not said yet.
  const hosts = new Map([...said, [here.node, now]]);
  const range = rangeOf([...hosts.values()]);
  const sizes = [...hosts.values()].flatMap(({ edge }) => edge?.mtu ?? []);
  return {
    conditions: [{ key: sharedSerial, revision: serial?.revision ?? 0 }],
    names: new Map(networks.map(({ name, archetype: of }) => [name, of])),
    taken: [
      ...takenBy(networks),
      ...[...hosts].flatMap(([node, { taken }]) =>
        taken.map(({ prefix, by }) => ({ prefix, by: `${by} of node ${node}` })),
      ),
    ],
    vlans: new Map([
      ...[...hosts].flatMap(([node, { edge }]) =>
        (edge?.taken ?? []).map(([id, by]) => [id, `node ${node} uses it itself, on ${by}`] as const),
      ),
      ...networks.flatMap(({ name, vlan }) =>
        vlan === undefined ? [] : [[vlan, `network ${name}`] as const],
      ),
    ]),
    ...(range && { range }),
    ...(sizes.length > 0 && { mtu: Math.min(...sizes) }),
  };
}

/** Prefixes of all networks that nodes share. */
export async function sharedPrefixes(
  state: StateManager,
  archetypes: readonly Archetype[],
): Promise<readonly Taken[]> {
  return takenBy(await prefixed(state, archetypes)).map((one) => ({ ...one, isReserved: true }));
}

interface Prefixed extends WantedNetwork {
  readonly prefixes: readonly string[];
}

async function prefixed(state: StateManager, archetypes: readonly Archetype[]): Promise<readonly Prefixed[]> {
  const all = archetypes.map(async (archetype) => {
    const { kept } = await networksIn(state, archetype).all();
    return kept.map(({ wanted }) => ({ ...wanted, prefixes: archetype.shared?.prefixes?.(wanted) ?? [] }));
  });
  return (await Promise.all(all)).flat();
}

function takenBy(networks: readonly Prefixed[]): Taken[] {
  return networks.flatMap(({ name, prefixes }) =>
    prefixes.map((prefix) => ({ prefix, by: `network ${name}` })),
  );
}

/** What every node that has an edge chooses from. */
function rangeOf(hosts: readonly HostState[]): VlanRange | undefined {
  const edges = hosts.flatMap(({ edge }) => (edge ? [edge.range ?? { first: 1, last: 4094 }] : []));
  if (edges.length === 0) return undefined;
  return {
    first: Math.max(...edges.map(({ first }) => first)),
    last: Math.min(...edges.map(({ last }) => last)),
  };
}
