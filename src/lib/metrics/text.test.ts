import { expect, test } from 'vitest';
import { Histogram } from '../histogram.ts';
import { type Family, single } from './family.ts';
import { metricsText } from './text.ts';

const site = { site: 'helsinki' };

test('each metric says what it is, and each value bears what all have in common', async () => {
  const families: Family<number>[] = [
    single('heddle_edge_view_epoch', 'gauge', 'The epoch of the view.', (figure) => figure),
    {
      name: 'heddle_edge_dns_answers_total',
      type: 'counter',
      help: 'Answers.',
      values: (figure) => [{ labels: { rcode: 'NOERROR' }, value: figure }],
    },
  ];
  expect(await metricsText(families, 3, site)).toBe(
    [
      '# HELP heddle_edge_view_epoch The epoch of the view.',
      '# TYPE heddle_edge_view_epoch gauge',
      'heddle_edge_view_epoch{site="helsinki"} 3',
      '# HELP heddle_edge_dns_answers_total Answers.',
      '# TYPE heddle_edge_dns_answers_total counter',
      'heddle_edge_dns_answers_total{site="helsinki",rcode="NOERROR"} 3',
      '',
    ].join('\n'),
  );
});

test('a histogram has its buckets, the last without a bound, its sum and its count', async () => {
  const took = new Histogram([0.01, 1]);
  took.add(0.5);
  took.add(2);
  const family: Family<Histogram> = {
    name: 'heddle_edge_took_seconds',
    type: 'histogram',
    help: 'How long.',
    distribution: (figures) => figures.read(),
  };
  const [, , ...values] = (await metricsText([family], took, {})).trim().split('\n');
  expect(values).toEqual([
    'heddle_edge_took_seconds_bucket{le="0.01"} 0',
    'heddle_edge_took_seconds_bucket{le="1"} 1',
    'heddle_edge_took_seconds_bucket{le="+Inf"} 2',
    'heddle_edge_took_seconds_sum 2.5',
    'heddle_edge_took_seconds_count 2',
  ]);
});

test('what is not known is left out, and whatever a label holds stays in its quotes', async () => {
  const unknown = single<number>('heddle_edge_unknown', 'gauge', 'Not known.', () => undefined);
  expect(await metricsText([unknown], 0, site)).toBe('');
  const known = single<number>('heddle_edge_known', 'gauge', 'Known.', () => true);
  expect(await metricsText([known], 0, { source: 'a "b"\n\\c' })).toContain(
    String.raw`heddle_edge_known{source="a \"b\"\n\\c"} 1`,
  );
});
