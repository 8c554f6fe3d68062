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
