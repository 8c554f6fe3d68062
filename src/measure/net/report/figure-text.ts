import type { Compared } from '../compared.ts';
import type { LinkUse } from '../links.ts';
import type { Figures, MainFigure } from '../measurement.ts';

/** Links that are named: of a path over a bridge both ends and what is between. */
const mostLinks = 3;

/** `8.96 Gbit/s`, `14.1 µs`; empty where there is none. Pure. */
export function figureText(figure: MainFigure, value: number): string {
  if (!Number.isFinite(value)) return '';
  switch (figure) {
    case 'bitsPerSecond':
      return `${(value / 1e9).toFixed(2)} Gbit/s`;
    case 'p50':
      return `${value.toFixed(1)} µs`;
    case 'connectionsPerSecond':
      return `${value.toFixed(0)} a second`;
    case 'seconds':
      return `${(value * 1000).toFixed(1)} ms`;
  }
}

/** What was measured beside the main figure: medians. Pure. */
export function besides({ p99, lossRatio, jitter, cpuSecondsPerGigabit: cpu }: Figures): string {
  return [
    p99 === undefined ? [] : `p99 ${p99.toFixed(1)} µs`,
    lossRatio === undefined ? [] : `${(lossRatio * 100).toFixed(1)} % lost`,
    jitter === undefined ? [] : `jitter ${jitter.toFixed(1)} µs`,
    cpu === undefined ? [] : `${cpu.toFixed(3)} s of CPU a gigabit`,
  ]
    .flat()
    .join(', ');
}

/** That figures are not to be trusted, of rounds before which the host was busy; nothing where they are. Pure. */
export function disturbedText(rows: readonly Compared[]): string | undefined {
  const sumOf = (figure: 'disturbed' | 'turns') => rows.reduce((sum, row) => sum + row[figure], 0);
  const disturbed = sumOf('disturbed');
  if (disturbed === 0) return undefined;
  return `Before ${disturbed} of ${sumOf('turns')} turns this host was busy with something else: do not trust these figures.`;
}

/** `eth0 9.41 Gbit/s (94 %)`: the busiest links, with their share of what they can carry. Pure. */
export function linksText(links: readonly LinkUse[]): string {
  return links
    .slice(0, mostLinks)
    .map(({ interface: name, bitsPerSecond, share }) => {
      const full = share === undefined ? '' : ` (${(share * 100).toFixed(0)} %)`;
      return `${name} ${figureText('bitsPerSecond', bitsPerSecond)}${full}`;
    })
    .join(', ');
}
