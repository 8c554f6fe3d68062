import { integer, type Of, record, text, time } from '../../lib/schema.ts';
import { median } from '../../lib/statistics.ts';
import * as z from '../../lib/zod.ts';
import type { RecordKind } from '../../state/record.ts';
import { compared } from './compared.ts';
import { scoresOf } from './report/verdict.ts';
import type { Result, Run } from './results.ts';

const amount = z.number().min(0).max(1e15);

const measuredNetwork = record('MeasuredNetwork', 'What a network gave when it was measured.', {
  name: text.max(63),
  bandwidth: amount
    .nullable()
    .describe('Bits a second over TCP, by the number of streams that gave most; null: not measured.'),
  p99: amount
    .nullable()
    .describe('Microseconds there and back, of 99 in 100 questions, when nothing else passes.'),
  score: amount
    .nullable()
    .describe('Of the host’s own path, over all tests alike: the geometric mean; null: not measured by all.'),
});

export const measuredNetworks = record(
  'MeasuredNetworks',
  'What was measured last of the networks of this host, or of those to another node.',
  {
    at: time.max(40).refine((at) => !Number.isNaN(Date.parse(at)), 'is no time'),
    node: text.max(63).nullable().describe('At which the paths ended; null: at this one.'),
    rounds: integer.min(1),
    disturbed: z
      .boolean()
      .describe('Whether the host was busy with something else: figures are not to be trusted then.'),
    networks: z.array(measuredNetwork).max(100),
  },
);
export type MeasuredNetworks = Of<typeof measuredNetworks>;

/** What is remembered of a benchmark that is over, to choose networks by. Pure. */
export function rememberedOf(
  run: Pick<Run, 'node' | 'rounds'>,
  results: readonly Result[],
  baseline: string,
): MeasuredNetworks {
  const rows = compared(results, baseline);
  const scores = scoresOf(results, baseline);
  const names = [...new Set(results.map(({ path }) => path))].filter((name) => name !== baseline);
  const last =
    results
      .map(({ at }) => at)
      .sort()
      .at(-1) ?? new Date(0).toISOString();
  return {
    at: last,
    node: run.node ?? null,
    rounds: run.rounds,
    disturbed: rows.some(({ disturbed }) => disturbed > 0),
    networks: names.map((name) => {
      const own = results.filter(({ path }) => path === name);
      const rates = rows.flatMap((row) =>
        row.path === name && row.test.startsWith('throughput') && row.rounds > 0 ? row.median : [],
      );
      const delays = own.flatMap(({ test, figures }) =>
        test.kind === 'latency' && !test.underLoad && figures?.['p99'] !== undefined ? figures['p99'] : [],
      );
      const logs = [...(scores.get(name)?.values() ?? [])];
      return {
        name,
        bandwidth: rates.length > 0 ? Math.max(...rates) : null,
        p99: delays.length > 0 ? median(delays) : null,
        score: logs.length > 0 ? Math.exp(median(logs)) : null,
      };
    }),
  };
}

/** What is stored of each, under the name of the node at which the paths ended; without one, at this one. */
export const measuredRecord: RecordKind<MeasuredNetworks> = {
  schema: measuredNetworks,
  migrations: [],
};
