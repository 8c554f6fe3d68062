import type { Link } from '../../../ip.ts';

// By which table packets leave a function that routes: one for each interface of a passage. Pure.

/** An interface of a passage in the function. Its index is the number of the table by which packets leave there, and their mark. */
export interface End {
  readonly name: string;
  readonly index: number;
}

/** Every index that Heddle gives has this bit. */
export const firstIndex = 0x40000000;

export type Family = 4 | 6;
export const families: readonly Family[] = [4, 6];

/** What a function sends errors from where it has no address: RFC 7600, 4.8, and of the block of RFC 6666. */
export const dummy = { 4: '192.0.0.8', 6: '100::8' } as const;

/**
 * Priorities of rules: packets of a passage by where they came in; what is sent because of one, back there; what has none of these
 * goes nowhere. With IPv6 a namespace forwards at all interfaces or at none (Documentation/networking/ip-sysctl): but for passages,
 * none does.
 */
export const priority = { passage: 1000, back: 1001, nowhere: 1002, own: 1003, others: 1004 } as const;

/** What `ip -j rule` prints of a rule; only what is read. */
export interface Rule {
  readonly priority: number;
  /** `all`, or an address. */
  readonly src?: string;
  readonly dst?: string;
  readonly iif?: string;
  readonly fwmark?: string;
  readonly fwmask?: string;
  readonly ipproto?: string;
  readonly sport?: number;
  readonly sport_start?: number;
  readonly sport_end?: number;
  readonly dport?: number;
  readonly dport_start?: number;
  readonly dport_end?: number;
  readonly table?: string;
  readonly action?: string;
}

/** What `ip -j route` prints of a route; only what is read. */
export interface Route {
  readonly dst: string;
  /** Absent: to an address. */
  readonly type?: string;
  readonly dev?: string;
  readonly table?: string;
  readonly metric?: number;
}

/** Who is beyond an interface, to the kernel: one for all, or it would note each; 192.0.0.9 is an anycast address (RFC 7723). Nobody is asked for it. */
const beyond = { 4: '192.0.0.9', 6: 'fe80::1' } as const;
/** No route comes behind one of this. */
const lastMetric = 4_294_967_295;

/** Lines for `ip -batch`: the table of an interface. While that is away, nothing leaves by others. */
export function tableOf(family: Family, { name, index }: End): string[] {
  return [
    `route replace default via ${beyond[family]} dev ${name} onlink src ${dummy[family]} table ${index}`,
    `route replace ${nowhereElse(index)}`,
  ];
}

/** Lines that empty tables of interfaces that are gone; `links` read after the routes. */
export function leftTables(present: readonly Route[], links: readonly Pick<Link, 'ifindex'>[]): string[] {
  return present
    .filter((route) => isNowhereElse(route) && Number(route.table) >= firstIndex)
    .filter(({ table }) => !links.some(({ ifindex }) => String(ifindex) === table))
    .map(({ table }) => `route del ${nowhereElse(Number(table))}`);
}

function nowhereElse(table: number): string {
  return `blackhole default metric ${lastMetric} table ${table}`;
}

function isNowhereElse({ type, dst, metric }: Route): boolean {
  return type === 'blackhole' && dst === 'default' && metric === lastMetric;
}

/** Whether the table of an interface is as {@link tableOf} makes it. */
export function isTable(routes: readonly Route[], { name, index }: End): boolean {
  const own = routes.filter(({ table }) => table === String(index));
  const isOut = ({ type, dst, dev }: Route) => type === undefined && dst === 'default' && dev === name;
  return own.some(isOut) && own.some(isNowhereElse);
}
