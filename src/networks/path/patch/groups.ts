import { randomInt } from 'node:crypto';
import { words } from '../../bpf/words.ts';
import type { Entry, Formatted } from './heads.ts';

// Groups of instances of a function, as dataplane/instances.h has them. Pure, but for fresh numbers.

/** By their ids. */
export type Groups = ReadonlyMap<number, Group>;

/** Instances that stand side by side: a frame passes the one that its flow is with. */
export interface Group {
  /** Of its flows: another group that takes its place knows them. */
  readonly scope: number;
  /** Its place among the stages of its chain. */
  readonly place: number;
  readonly elder?: Elder;
  /** At most {@link mostInstances}. */
  readonly instances: readonly GroupInstance[];
}

/** The instance that all flows passed before any was noted: of TCP, those that were open then stay with it. */
export interface Elder {
  /** Of the instance. */
  readonly id: number;
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly until: number;
}

export interface GroupInstance {
  /** Of 32 bits: which no other has that stood in its place. */
  readonly id: number;
  /** Indices of its ports at the panel: towards the network, and towards the pod. */
  readonly outer: number;
  readonly inner: number;
  /** Whether it is given new flows. */
  readonly isActive: boolean;
}

export const mostInstances = 16;

const isGroup = 2 ** 31;
const isInner = 2 ** 30;

/** What stands in the place of a port's index where frames are led to a group: towards the pod, and towards the network. */
export function entrances(id: number): { readonly outer: number; readonly inner: number } {
  return { outer: isGroup + id, inner: isGroup + isInner + id };
}

export function freshGroupId(): number {
  return randomInt(1, isInner);
}

export function freshScope(): number {
  return randomInt(1, 2 ** 32 - 1);
}

/** As bpftool prints the map. */
export type GroupEntry = Formatted<
  number,
  {
    scope: number;
    place: number;
    count: number;
    active: number;
    elder: number;
    elder_until: number;
    instances: { id: number; outer: number; inner: number }[];
  }
>;

export function readGroups(entries: readonly GroupEntry[]): Groups {
  return new Map(
    entries.map(({ formatted: { key, value } }) => {
      const { scope, place, count, active, elder, elder_until: until, instances } = value;
      const all = instances
        .slice(0, count)
        .map(({ id, outer, inner }, at) => ({ id, outer, inner, isActive: ((active >>> at) & 1) === 1 }));
      return [key, { scope, place, instances: all, ...(elder !== 0 && { elder: { id: elder, until } }) }];
    }),
  );
}

/** Key and value of a group's entry in the map: it takes the place of the one before at once. */
export function groupEntry(id: number, { scope, place, elder, instances }: Group): Entry {
  const active = instances.reduce((mask, { isActive }, at) => mask | (Number(isActive) << at), 0);
  const until = elder?.until ?? 0;
  const all = Array.from({ length: mostInstances }, (_, at) => instances[at]);
  return [
    words(id),
    words(
      scope,
      place,
      instances.length,
      active,
      elder?.id ?? 0,
      0,
      until % 2 ** 32,
      Math.floor(until / 2 ** 32),
      ...all.flatMap((one) => [one?.id ?? 0, one?.outer ?? 0, one?.inner ?? 0]),
    ),
  ];
}
