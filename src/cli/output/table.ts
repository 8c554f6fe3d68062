import Table from 'cli-table3';
import { printableLine } from '../../lib/printable.ts';

const none = '';
/** No lines, two spaces between columns: what `docker ps` and `kubectl get` print. */
const chars = {
  top: none,
  'top-mid': none,
  'top-left': none,
  'top-right': none,
  bottom: none,
  'bottom-mid': none,
  'bottom-left': none,
  'bottom-right': none,
  left: none,
  'left-mid': none,
  mid: none,
  'mid-mid': none,
  right: none,
  'right-mid': none,
  middle: '  ',
};

/** Headings, and what stands under each. */
export type Columns<T> = Readonly<Record<string, (row: T) => string | number>>;

/** Prints rows under their headings, or the rows themselves as JSON: an array, empty when there is nothing. */
export function printRows<T extends object>(
  rows: readonly T[],
  format: 'table' | 'json',
  columns: Columns<T>,
): void {
  if (format === 'json') {
    process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    return;
  }
  const headings = Object.keys(columns);
  const table = new Table({
    head: headings,
    chars,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  for (const row of rows)
    table.push(headings.map((heading) => printableLine(String(columns[heading]?.(row) ?? ''))));
  process.stdout.write(`${table.toString().replace(/[ \t]+$/gm, '')}\n`);
}
