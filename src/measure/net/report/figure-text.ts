import type { Compared } from '../compared.ts';
import type { Figures } from '../measurement.ts';

/** `8.96 Gbit/s`, `14.1 µs`; empty where there is none. `test`: as {@link testText} has it, or its kind. Pure. */
export function figureText(test: string, value: number): string {
  if (!Number.isFinite(value)) return '';
  return test.startsWith('latency') ? `${value.toFixed(1)} µs` : `${(value / 1e9).toFixed(2)} Gbit/s`;
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
