import type { Compared } from '../../measure/net/compared.ts';
import { mainFigure, mainValue, testText } from '../../measure/net/measurement.ts';
import { besides, figureText } from '../../measure/net/report/figure-text.ts';
import type { Result } from '../../measure/net/results.ts';
import type { Columns } from './table.ts';

/** How networks did in each test, a line each. */
export const comparedColumns: Columns<Compared> = {
  TEST: (row) => row.test,
  NETWORK: (row) => row.path,
  MEDIAN: (row) => figureText(row.figure, row.median),
  LEAST: (row) => figureText(row.figure, row.least),
  MOST: (row) => figureText(row.figure, row.most),
  'OF HOST': (row) => row.ofBaseline?.toFixed(2) ?? '',
  BESIDES: (row) => besides(row.figures),
  ROUNDS: (row) => row.rounds,
  FAILED: (row) => row.failures.join('; '),
};

/** `round 1 of 5, ip, throughput, 8 streams: 8.96 Gbit/s`. */
export function turnText({ round, path, test, figures, failure }: Result, rounds: number): string {
  const value = mainValue(test, figures);
  const came = value === undefined ? (failure ?? 'nothing') : figureText(mainFigure[test.kind].name, value);
  return `round ${round + 1} of ${rounds}, ${path}, ${testText(test)}: ${came}`;
}
