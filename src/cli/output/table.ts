import { eastAsianWidth } from 'get-east-asian-width';
import { printableLine } from '../../lib/printable.ts';

/** Headings, and what stands under each. */
export type Columns<T> = Readonly<Record<string, (row: T) => string | number>>;

/** Prints rows under their headings, or the rows themselves as JSON: an array, empty when there is nothing. */
export function printRows<T extends object>(
  rows: readonly T[],
  format: 'table' | 'json',
  columns: Columns<T>,
): void {
  process.stdout.write(`${format === 'json' ? JSON.stringify(rows, null, 2) : tableOf(rows, columns)}\n`);
}

/** No lines, two spaces between columns: what `docker ps` and `kubectl get` print. */
export function tableOf<T extends object>(rows: readonly T[], columns: Columns<T>): string {
  const texts = rows.map((row) => Object.values(columns).map((text) => printableLine(String(text(row)))));
  const all = [Object.keys(columns), ...texts];
  const widths = Object.keys(columns).map((_, column) =>
    all.reduce((most, cells) => Math.max(most, widthOf(cells[column] ?? '')), 0),
  );
  const padded = (text: string, column: number) =>
    text + ' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(text)));
  return all.map((cells) => cells.map(padded).join('  ').trimEnd()).join('\n');
}

/** Columns that a terminal gives a text (Unicode UAX #11); a mark stands on the letter before it. */
function widthOf(text: string): number {
  let width = 0;
  for (const letter of text) {
    if (!/\p{Mark}/u.test(letter)) width += eastAsianWidth(letter.codePointAt(0) ?? 0);
  }
  return width;
}
