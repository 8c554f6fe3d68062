/** The column that tells functions of chains from a service's own; none where all are these. */
export function chainColumn<Row extends { readonly chain: string }>(
  rows: readonly Row[],
): Record<string, (row: Row) => string> {
  return rows.some(({ chain }) => chain !== '') ? { CHAIN: ({ chain }) => chain } : {};
}
