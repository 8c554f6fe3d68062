import { describe, expect, test } from 'vitest';
import { specOf } from '../../test/support/compose.ts';
import type { InvalidInput } from '../lib/errors.ts';
import { intervalFor } from './objectives.ts';

const file = (objective: string) => `
services: { web: { image: a }, db: { image: b } }
x-heddle:
  objectives:
    - ${objective}
`;

function errorsOf(objective: string): string[] {
  try {
    specOf(file(objective));
    return [];
  } catch (error) {
    return (error as InvalidInput).diagnostics.map(
      ({ at, message, hint }) => `${at?.line}:${at?.column} ${message} (${hint})`,
    );
  }
}

describe('an objective', () => {
  test('becomes the feature that measures its figures, often enough to decide within a minute', () => {
    const [latency] = specOf(file('{ from: web, to: db, p99: 20ms, loss: 1% }')).features;
    expect(latency).toMatchObject({
      feature: 'latency',
      parameters: { from: 'web', to: 'db', every: '200ms', objective: { p99: '20ms', loss: '1%' } },
    });
  });

  test.each([
    ['p50', '20ms', 1000],
    ['p90', '20ms', 1000],
    ['p99', '20ms', 200],
    ['loss', '0.1%', 20],
    ['loss', '0.01%', 10],
  ])('on %s ≤ %s needs a sample every %i ms', (figure, limit, interval) => {
    expect(intervalFor(figure, limit)).toBe(interval);
  });

  test.each([
    [
      '{ from: web, to: db, p98: 20ms }',
      '5:28 x-heddle.objectives.0.p98: no feature measures "p98" (did you mean "p90"?)',
    ],
    [
      '{ from: web, to: db, throughput: 1G }',
      '5:28 x-heddle.objectives.0.throughput: no feature measures "throughput" (there is: loss, p50, p90, p99)',
    ],
    ['{ from: web, to: db }', '5:7 x-heddle.objectives.0: it limits nothing (there is: loss, p50, p90, p99)'],
  ])('%s is refused at its place', (objective, error) => {
    expect(errorsOf(objective)).toEqual([error]);
  });

  test('between services that do not exist, or with a limit that is none, is refused at its place', () => {
    expect(errorsOf('{ from: wed, to: db, p99: 20ms }')[0]).toMatch(/^5:\d+ .*no service named "wed"/);
    expect(errorsOf('{ from: web, to: db, p99: soon }')[0]).toMatch(/^5:\d+ .*p99/);
  });
});
