import type { Compared } from '../compared.ts';
import { escaped } from './escaped.ts';

const width = 640;
const bar = { height: 18, gap: 8, left: 90, right: 120 } as const;
const colours = ['#2f6f9f', '#8a8f98'] as const;

/**
 * Bars of one test, a network each, with a line from the least to the most of its rounds: an SVG. `value`: as text. Pure.
 * @param baseline drawn in grey
 */
export function barsOf(
  rows: readonly Compared[],
  baseline: string,
  value: (row: Compared) => string,
): string {
  const known = rows.filter((row) => row.rounds > 0);
  const most = Math.max(...known.map((row) => row.most));
  const at = (figure: number) => bar.left + (figure / most) * (width - bar.left - bar.right);
  const height = known.length * (bar.height + bar.gap) + bar.gap;
  const lines = known.map((row, index) => {
    const top = bar.gap + index * (bar.height + bar.gap);
    const middle = top + bar.height / 2;
    const colour = row.path === baseline ? colours[1] : colours[0];
    return [
      `<text x="${bar.left - 8}" y="${middle + 4}" text-anchor="end">${escaped(row.path)}</text>`,
      `<rect x="${bar.left}" y="${top}" width="${(at(row.median) - bar.left).toFixed(1)}" height="${bar.height}" fill="${colour}"/>`,
      `<path d="M${at(row.least).toFixed(1)} ${middle}H${at(row.most).toFixed(1)}" stroke="#16202a" stroke-width="2"/>`,
      `<text x="${(at(row.most) + 8).toFixed(1)}" y="${middle + 4}">${escaped(value(row))}</text>`,
    ].join('');
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" role="img" font-family="sans-serif" font-size="13">${lines.join('')}</svg>`;
}
