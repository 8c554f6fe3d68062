import type { Varbind } from './varbind.ts';

/** A conceptual row (RFC 2578, 7.1.12): its index, and its columns by number. */
export interface Row {
  readonly index: string;
  readonly columns: ReadonlyMap<number, Varbind>;
}

/** The rows under a table's entry, in the order of the answer; what is not under it is left out. */
export function rowsOf(varbinds: readonly Varbind[], entry: string): Row[] {
  const rows = new Map<string, Map<number, Varbind>>();
  for (const varbind of varbinds) {
    if (!varbind.oid.startsWith(`${entry}.`) || varbind.type === 'none') continue;
    const [column = '', ...rest] = varbind.oid.slice(entry.length + 1).split('.');
    const index = rest.join('.');
    const columns = rows.get(index) ?? new Map<number, Varbind>();
    columns.set(Number(column), varbind);
    rows.set(index, columns);
  }
  return [...rows].map(([index, columns]) => ({ index, columns }));
}

/** The value of a scalar. */
export function scalarOf(varbinds: readonly Varbind[], oid: string): Varbind | undefined {
  return varbinds.find((varbind) => varbind.oid === `${oid}.0` && varbind.type !== 'none');
}
