import type { IngressPort } from '../edge.ts';
import { portName, stubName } from '../names.ts';
import { type MapName, type Maps, noCounts, words } from './maps.ts';

/** What is to be so in the maps, and how to get there: lines for `bpftool batch`. Pure. `path`: where a map is pinned. */
export function entryChanges(
  ports: readonly IngressPort[],
  { uplink, indexOf, maps }: { uplink: number; indexOf: (name: string) => number; maps: Maps },
  path: (map: MapName) => string,
): string[] {
  const update = (map: MapName, key: number, value: string) =>
    `map update pinned ${path(map)} key hex ${words(key)} value hex ${value} any`;
  const remove = (map: MapName, key: number) => `map delete pinned ${path(map)} key hex ${words(key)}`;
  const wanted = ports.map(({ vlan }) => ({ vlan, stub: indexOf(stubName(vlan)) }));
  const vlans = new Set(wanted.map(({ vlan }) => vlan));
  const ways = wanted.flatMap(({ vlan, stub }) =>
    [indexOf(portName(vlan)), stub].filter((index) => index > 0).map((index) => ({ vlan, index })),
  );
  const indices = new Set(ways.map(({ index }) => index));
  const isWay = (vlan: number, index: number) => {
    const way = maps.ways.get(index);
    return way?.vlan === vlan && way.uplink === uplink;
  };
  const without = (map: ReadonlyMap<number, unknown>, kept: ReadonlySet<number>) =>
    [...map.keys()].filter((key) => !kept.has(key));
  return [
    // What counts is there before there is something to count.
    ...wanted
      .filter(({ vlan }) => !maps.counted.has(vlan))
      .map(({ vlan }) => update('counted', vlan, noCounts)),
    ...ways
      .filter(({ vlan, index }) => !isWay(vlan, index))
      .map(({ vlan, index }) => update('ways', index, words(uplink, vlan))),
    ...wanted
      .filter(({ vlan, stub }) => maps.networks.get(vlan) !== stub)
      .map(({ vlan, stub }) => update('networks', vlan, words(stub))),
    ...without(maps.networks, vlans).map((vlan) => remove('networks', vlan)),
    ...without(maps.ways, indices).map((index) => remove('ways', index)),
    ...without(maps.counted, vlans).map((vlan) => remove('counted', vlan)),
  ];
}
