import ipaddr from 'ipaddr.js';
import type { PortMatch } from '../../../../descriptor/chain.ts';
import { contentHash } from '../../../../lib/hash.ts';
import { type StampedChain, stampIn, stampLine } from '../../../stamp.ts';
import { type End, type Family, priority, type Rule } from './table.ts';

// A passage through a function that is a proxy: what opens connections is given to its program (tproxy of nftables), and what that
// sends goes out by whose addresses and ports it bears. Pure.

/** What a proxy takes of a passage. */
export interface Proxied {
  /** Where its program listens. */
  readonly port: number;
  /** At which interface connections are opened. */
  readonly opens: 'outer' | 'inner';
  /** The chain's, of TCP. */
  readonly ports: readonly PortMatch[];
  /** The pod's addresses on the network. */
  readonly own: readonly string[];
}

/** The two interfaces of a passage. */
interface Pair {
  readonly outer: End;
  readonly inner: End;
}

/** Marks that only the rules of a passage give: for the function's own programs, and a probe that passes beside them. No index has their bits. */
const marks = { delivered: '0x20000000', proved: '0x20000001' } as const;
/** `PROBE_MARK` of dataplane/probe.h. */
const probe = '0x80000000';
/** The table by which everything is for the function itself. */
const delivery = 0x20000000;

/** Lines for `ip -batch`. */
export const deliveryRoute = `route replace local default dev lo table ${delivery}`;

/** Whether a route is that of {@link deliveryRoute}. */
export function isDelivery({ type, dst, table }: { type?: string; dst: string; table?: string }): boolean {
  return type === 'local' && dst === 'default' && table === String(delivery);
}

/** The lines of ip-rule(8), behind `rule add`, by which packets come in. */
export function arrivalRules({ outer, inner }: Pair): string[] {
  const from = (one: End, other: End) => [
    `pref ${priority.passage} iif ${one.name} fwmark ${marks.delivered} lookup ${delivery}`,
    `pref ${priority.passage} iif ${one.name} fwmark ${marks.proved} lookup ${other.index}`,
  ];
  return [...from(outer, inner), ...from(inner, outer)];
}

/**
 * The lines by which packets go out that the program sends. Chains with a pod come before those of a pod: whoever is led by both
 * is, at the end of the second, led by the first.
 */
export function departureRules(family: Family, { outer, inner }: Pair, proxied: Proxied): string[] {
  const { opens, ports, own } = proxied;
  const isTo = opens === 'outer';
  const pref = isTo ? priority.passage : priority.back;
  const addresses = own.filter(isOf(family)).map((address) => ipaddr.parse(address).toString());
  return addresses.flatMap((address) =>
    ports.flatMap((match) => {
      const [there, back] = isTo ? ['to', 'from'] : ['from', 'to'];
      const [onwards, backwards] = isTo ? [inner, outer] : [outer, inner];
      const line = (way: string | undefined, at: string, { index }: End) =>
        `pref ${pref} iif lo ${way} ${address} ipproto tcp ${at} ${rangeText(match)} lookup ${index}`;
      return [line(there, 'dport', onwards), line(back, 'sport', backwards)];
    }),
  );
}

/** As {@link departureRules} writes them, read from the kernel: those of one passage. */
export function departuresIn(
  rules: readonly Rule[],
  { outer, inner }: Pair,
  written: (rule: Rule) => string | undefined,
): string[] {
  const tables = [outer, inner].map(({ index }) => String(index));
  return rules
    .filter(({ iif, ipproto, table }) => iif === 'lo' && ipproto === 'tcp' && tables.includes(table ?? ''))
    .flatMap((rule) => written(rule) ?? []);
}

/** The table of nft(8) of a passage. */
export function tableName(outer: End): string {
  return `${prefix}${outer.name}`;
}

const prefix = 'heddle-';

/** What the rules of a passage were made from, and where its program listens: who has rights in the function may take them away. */
export function deliveryStamp(lines: readonly string[], port: number): string {
  return `${contentHash(sorted(lines)).slice(0, 16)}_${port}`;
}

/**
 * Gives what opens connections to the program that listens, and what belongs to connections of its own to it as well; a probe passes;
 * nothing else does. While nobody listens who may take what is for others (IP_TRANSPARENT, ip(7)), nothing is taken.
 */
export function renderDelivery(
  { outer, inner }: Pair,
  { port, opens, ports }: Proxied,
  stamp: string,
): string {
  const [asking, answering] = opens === 'outer' ? [outer, inner] : [inner, outer];
  const name = tableName(outer);
  const taken = `meta mark set ${marks.delivered} accept`;
  return `${[
    `table inet ${name}`,
    `delete table inet ${name}`,
    `table inet ${name} {`,
    stampLine(stamp),
    ...['asked', 'answered', 'proved', 'refused'].map((counter) => `  counter ${counter} { }`),
    '  chain arriving {',
    '    type filter hook prerouting priority -150; policy accept;',
    `    iifname != { "${outer.name}", "${inner.name}" } accept`,
    `    meta mark & ${probe} != 0 counter name proved meta mark set ${marks.proved} accept`,
    `    iifname "${asking.name}" tcp dport { ${ports.map(rangeText).join(', ')} } tproxy to :${port} counter name asked ${taken}`,
    // A listener would be found as well, by its own port.
    `    iifname "${answering.name}" meta l4proto tcp socket wildcard 0 socket transparent 1 counter name answered ${taken}`,
    '    counter name refused drop',
    '  }',
    '}',
  ].join('\n')}\n`;
}

/** Text for nft(8) that takes tables away whose passages are gone. */
export function leftTablesText(chains: readonly StampedChain[], isThere: (end: string) => boolean): string {
  const names = new Set(chains.map(({ table }) => table).filter((table) => table.startsWith(`${prefix}o-`)));
  const gone = [...names].filter((name) => !isThere(name.slice(prefix.length)));
  return gone.map((name) => `delete table inet ${name}\n`).join('');
}

/** What the table of a passage says that it was made from. */
export function stampAt(chains: readonly StampedChain[], outer: End): string | undefined {
  return stampIn(chains, [{ family: 'inet', name: tableName(outer) }]);
}

/** Whether rules are the same, in whatever order. */
export function areSame(some: readonly string[], others: readonly string[]): boolean {
  return sorted(some) === sorted(others);
}

function sorted(lines: readonly string[]): string {
  return lines.toSorted().join('\n');
}

function rangeText({ from, to }: PortMatch): string {
  return from === to ? `${from}` : `${from}-${to}`;
}

function isOf(family: Family): (address: string) => boolean {
  return (address) => ipaddr.parse(address).kind() === (family === 4 ? 'ipv4' : 'ipv6');
}
