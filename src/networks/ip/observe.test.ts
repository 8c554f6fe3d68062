import { expect, test } from 'vitest';
import { mappingsTo } from './observe.ts';

const elements = new Set([
  'bridges hb0123',
  'subnets4 10.1.0.0 24',
  'ports4 tcp 8080 10.1.0.2 80',
  'at4 127.0.0.1 udp 53 10.1.0.2 53',
  'ports6 tcp 8080 fd00::2 80',
  'ports4 tcp 8081 10.1.0.20 80',
]);

test('what leads to an address is told apart from what leads to others', () => {
  expect(mappingsTo(['10.1.0.2', 'fd00::2'], elements)).toEqual([
    { in: 'ports4', key: ['tcp', '8080'], data: ['10.1.0.2', '80'] },
    { in: 'at4', key: ['127.0.0.1', 'udp', '53'], data: ['10.1.0.2', '53'] },
    { in: 'ports6', key: ['tcp', '8080'], data: ['fd00::2', '80'] },
  ]);
  expect(mappingsTo([], elements)).toEqual([]);
});
