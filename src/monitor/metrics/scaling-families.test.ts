import { expect, test } from 'vitest';
import { seriesOf } from './family.ts';
import { scalingFamilies } from './scaling-families.ts';

test('a service that follows metrics is scraped with its bounds, what they ask for, and what is known of them', () => {
  const scaling = [
    {
      service: 'web',
      replicas: 2,
      min: 1,
      max: 5,
      asked: null,
      reason: null,
      steps: [],
      metrics: [
        { metric: 'cpu', target: 0.6, value: null },
        { metric: 'delay', target: 5, value: 2 },
      ],
    } as const,
  ];
  const series = seriesOf(scalingFamilies, { scaling });
  const texts = series.flatMap(({ name, values }) =>
    values.map(({ labels, value }) => `${name} ${Object.values(labels).join(' ')} ${value}`),
  );
  expect(texts).toEqual([
    'heddle_scale_replicas web 2',
    'heddle_scale_min_replicas web 1',
    'heddle_scale_max_replicas web 5',
    'heddle_scale_metric web delay 0.002',
    'heddle_scale_target web cpu 0.6',
    'heddle_scale_target web delay 0.005',
  ]);
});
