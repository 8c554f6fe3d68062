import { words } from '../../bpf/words.ts';

import type { Selection } from '../selection.ts';

// Ports at which chains begin, as dataplane/patch.bpf.c has them. Pure.

/** By the index of the port. */
export type Heads = ReadonlyMap<number, Head>;

export interface Head {
  readonly generation: number;
  /** Where what is of no chain goes. */
  readonly next: number;
  readonly rules: readonly HeadRule[];
  /** Whether all rules are there that there are to be. */
  readonly isComplete: boolean;
}

interface HeadRule {
  readonly chain: number;
  readonly next: number;
}

/** What bpftool prints of an entry of a map that is described. */
export interface Formatted<Key, Value> {
  readonly formatted: { readonly key: Key; readonly value: Value };
}

export type HeadEntry = Formatted<number, { generation: number; next: number; rules: number }>;
export type RuleEntry = Formatted<
  { port: number; generation: number; number: number },
  { next: number; chain: number; from: number; to: number; protocol: number; at_peer: number }
>;
export type PeerKey = Formatted<
  { prefix: number; port: number; generation: number; address: number[] },
  unknown
>;

export function readHeads(heads: readonly HeadEntry[], rules: readonly RuleEntry[]): Heads {
  const byPort = Map.groupBy(rules, ({ formatted: { key } }) => key.port);
  return new Map(
    heads.map(({ formatted: { key: port, value } }) => {
      const own = (byPort.get(port) ?? []).filter(
        ({ formatted: { key } }) => key.generation === value.generation && key.number < value.rules,
      );
      return [
        port,
        {
          generation: value.generation,
          next: value.next,
          isComplete: own.length === value.rules,
          rules: own
            .sort((a, b) => a.formatted.key.number - b.formatted.key.number)
            .map(({ formatted }) => ({ chain: formatted.value.chain, next: formatted.value.next })),
        },
      ];
    }),
  );
}

/** What a port at which chains begin is to be. */
export interface WantedHead {
  readonly port: number;
  readonly generation: number;
  readonly next: number;
  readonly inbound: boolean;
  readonly selection: Selection;
  /** Where the frames of each chain go, by its place among them. */
  readonly chains: readonly number[];
}

/** Key and value, in words of bpftool, of each entry of a map. */
export type Entry = readonly [key: string, value: string];

export function headEntries({ port, generation, next, inbound, selection, chains }: WantedHead): {
  readonly peers: readonly Entry[];
  readonly rules: readonly Entry[];
  readonly head: Entry;
} {
  return {
    peers: selection.peers.map((peer) => [
      `${words(peer.length + 64, port, generation)} ${bytes(peer.address)}`,
      words(Number(peer.chains & 0xffffffffn), Number(peer.chains >> 32n)),
    ]),
    rules: selection.rules.map(({ chain, protocol, from, to, atPeer }, number) =>
      ruleEntry(
        { port, generation, number },
        { next: chains[chain] ?? 0, chain, from, to, protocol, at_peer: Number(atPeer) },
      ),
    ),
    head: [words(port), words(generation, next, selection.rules.length, Number(inbound))],
  };
}

type Rule = RuleEntry['formatted'];

/** Key and value of a rule's entry in the map: it takes the place of the one before at once. */
export function ruleEntry({ port, generation, number }: Rule['key'], rule: Rule['value']): Entry {
  const { next, chain, from, to, protocol, at_peer: atPeer } = rule;
  return [words(port, generation, number), words(next, chain, from | (to << 16), protocol | (atPeer << 8))];
}

function bytes(values: readonly number[]): string {
  return values.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** Keys of entries of ports, but for one generation of each: those that are kept. */
export function staleKeys(
  isOf: (port: number) => boolean,
  kept: ReadonlyMap<number, number>,
  rules: readonly RuleEntry[],
  peers: readonly PeerKey[],
): { readonly rules: readonly string[]; readonly peers: readonly string[] } {
  const isStale = ({ port, generation }: { port: number; generation: number }) =>
    isOf(port) && kept.get(port) !== generation;
  return {
    rules: rules
      .map(({ formatted: { key } }) => key)
      .filter(isStale)
      .map(({ port, generation, number }) => words(port, generation, number)),
    peers: peers
      .map(({ formatted: { key } }) => key)
      .filter(isStale)
      .map(({ prefix, port, generation, address }) => `${words(prefix, port, generation)} ${bytes(address)}`),
  };
}
