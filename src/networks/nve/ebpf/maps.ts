import { words } from '../../bpf/words.ts';

// The maps of dataplane/nve.h, as bpftool(8) reads and writes them. Pure.

export const mapNames = ['ways', 'networks', 'counted', 'uplinks'] as const;
export type MapName = (typeof mapNames)[number];

/** What the edge has changed on its uplink. */
export const made = { qdisc: 1, promiscuous: 2 } as const;

export interface Maps {
  /** By the index of a port, a stub or a tunnel. */
  readonly ways: ReadonlyMap<number, Way>;
  /** Index of a stub, by VLAN id. */
  readonly networks: ReadonlyMap<number, number>;
  readonly counted: ReadonlyMap<number, Counted>;
  readonly uplink: { readonly ifindex: number; readonly made: number };
}

interface Way {
  readonly egress: number;
  readonly vlan: number;
}

interface Frames {
  readonly packets: number;
  readonly bytes: number;
  readonly dropped: number;
}

interface Counted {
  readonly to_wire: Frames;
  readonly from_wire: Frames;
}

interface Entry<Value> {
  readonly formatted: { readonly key: number; readonly value: Value };
}

interface PerCpuEntry<Value> {
  readonly formatted: { readonly key: number; readonly values: readonly { readonly value: Value }[] };
}

/** `dumps`: what `bpftool map dump` printed, in the order of {@link mapNames}. */
export function readMaps([ways, networks, counted, uplinks]: readonly unknown[]): Maps {
  const [uplink] = uplinks as readonly Entry<Maps['uplink']>[];
  return {
    ways: entries(ways as readonly Entry<Way>[]),
    networks: entries(networks as readonly Entry<number>[]),
    counted: new Map(
      (counted as readonly PerCpuEntry<Counted>[]).map(({ formatted: { key, values } }) => [
        key,
        {
          to_wire: sum(values.map(({ value }) => value.to_wire)),
          from_wire: sum(values.map(({ value }) => value.from_wire)),
        },
      ]),
    ),
    uplink: uplink?.formatted.value ?? { ifindex: 0, made: 0 },
  };
}

function entries<Value>(dump: readonly Entry<Value>[]): ReadonlyMap<number, Value> {
  return new Map(dump.map(({ formatted: { key, value } }) => [key, value]));
}

function sum(all: readonly Frames[]): Frames {
  const total = (of: keyof Frames) => all.reduce((so, frames) => so + frames[of], 0);
  return { packets: total('packets'), bytes: total('bytes'), dropped: total('dropped') };
}

/** Bytes of `struct counters`. */
const countersWords = 12;
export const noCounts = words(...Array<number>(countersWords).fill(0));
