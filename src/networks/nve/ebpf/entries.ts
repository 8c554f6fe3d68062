import { remove, update } from '../../bpf/map-commands.ts';
import { words } from '../../bpf/words.ts';
import type { IngressPort } from '../edge.ts';
import { portName, stubName } from '../names.ts';
import { type MapName, type Maps, noCounts } from './maps.ts';

/** Where frames go on this host, by the indices of interfaces; 0 for one that is not there. */
export interface Layout {
  /** Where the frames of a network leave the edge. */
  egressOf(vlan: number): number;
  /** Whether they come back by an interface of their own, the same. */
  readonly hasTunnels: boolean;
  indexOf(name: string): number;
  /** VLAN ids of networks whose frames to the wire pass a program of their own. */
  readonly own?: ReadonlySet<number>;
}

/** `HAS_OWN` in dataplane/nve.h. */
const hasOwn = 2 ** 31;

/** VLAN ids of networks whose frames have to have passed a program of their own already. Pure. */
export function ownIn({ ways }: Pick<Maps, 'ways'>): ReadonlySet<number> {
  return new Set([...ways.values()].flatMap(({ vlan }) => (vlan >= hasOwn ? [vlan - hasOwn] : [])));
}

/** What is to be so in the maps, and how to get there: lines for `bpftool batch`. Pure. `path`: where a map is pinned. */
export function entryChanges(
  ports: readonly IngressPort[],
  { egressOf, hasTunnels, indexOf, own = new Set() }: Layout,
  maps: Maps,
  path: (map: MapName) => string,
): string[] {
  const note = (map: MapName, key: number, value: string) => update(path(map), words(key), value);
  const forget = (map: MapName, key: number) => remove(path(map), words(key));
  const wanted = ports.map(({ vlan }) => ({ vlan, stub: indexOf(stubName(vlan)), egress: egressOf(vlan) }));
  const vlans = new Set(wanted.map(({ vlan }) => vlan));
  const noted = (vlan: number) => (own.has(vlan) ? vlan + hasOwn : vlan);
  const ways = wanted
    .flatMap(({ vlan, stub, egress }) => [
      { vlan: noted(vlan), index: indexOf(portName(vlan)), to: egress },
      { vlan: noted(vlan), index: stub, to: egress },
      ...(hasTunnels ? [{ vlan, index: egress, to: stub }] : []),
    ])
    .filter(({ index }) => index > 0);
  const indices = new Set(ways.map(({ index }) => index));
  const isWay = ({ vlan, index, to }: (typeof ways)[number]) => {
    const way = maps.ways.get(index);
    return way?.vlan === vlan && way.egress === to;
  };
  const without = (map: ReadonlyMap<number, unknown>, kept: ReadonlySet<number>) =>
    [...map.keys()].filter((key) => !kept.has(key));
  return [
    // What counts is there before there is something to count.
    ...wanted
      .filter(({ vlan }) => !maps.counted.has(vlan))
      .map(({ vlan }) => note('counted', vlan, noCounts)),
    ...ways.filter((way) => !isWay(way)).map(({ vlan, index, to }) => note('ways', index, words(to, vlan))),
    ...wanted
      .filter(({ vlan, stub }) => maps.networks.get(vlan) !== stub)
      .map(({ vlan, stub }) => note('networks', vlan, words(stub))),
    ...without(maps.networks, vlans).map((vlan) => forget('networks', vlan)),
    ...without(maps.ways, indices).map((index) => forget('ways', index)),
    ...without(maps.counted, vlans).map((vlan) => forget('counted', vlan)),
  ];
}
