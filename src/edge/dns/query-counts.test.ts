import { expect, test } from 'vitest';
import { QueryCounts } from './query-counts.ts';
import { recordType } from './wire.ts';

test('types are counted by name and transport; what has no name here, or cannot be read, together', () => {
  const counts = new QueryCounts();
  counts.add(recordType.A, 'udp');
  counts.add(recordType.A, 'udp');
  counts.add(recordType.A, 'tcp');
  for (const type of [undefined, 0, 99, 65_535]) counts.add(type, 'udp');
  expect(counts.read()).toEqual([
    { type: 'A', transport: 'udp', count: 2 },
    { type: 'other', transport: 'udp', count: 4 },
    { type: 'A', transport: 'tcp', count: 1 },
  ]);
  expect(counts.total('udp')).toBe(6);
});

test('whoever asks for every type there is makes no more than a few of them', () => {
  const counts = new QueryCounts();
  for (let type = 0; type < 65_536; type++) counts.add(type, 'udp');
  expect(counts.read().length).toBeLessThan(16);
  expect(counts.total('udp')).toBe(65_536);
});
