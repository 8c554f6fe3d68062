import { expect, test } from 'vitest';
import { readQueues } from './queues.ts';

const limit = { rate: 1_250_000, burst: 65_536, latency: 50_000 };
/** `tc -s -j qdisc show`, iproute2 6.1. */
const printed = JSON.stringify([
  { kind: 'noqueue', handle: '0:', dev: 'w-2', root: true, bytes: 9, packets: 9, drops: 9 },
  { kind: 'tbf', dev: 'i-2', root: true, bytes: 5000, packets: 50, drops: 2, backlog: 700, qlen: 1 },
  { kind: 'tbf', dev: 'i-3', root: true, bytes: 100, packets: 1, drops: 0, backlog: 0 },
  { kind: 'tbf', dev: 'o-2', root: true, bytes: 60, packets: 1, drops: 0, backlog: 0 },
]);

test('what a shaper did is the sum of its queues in each direction that it limits', () => {
  const rate = limit.rate;
  expect(readQueues(printed, { ingress: limit, egress: limit })).toEqual([
    { direction: 'ingress', rate, packets: 51, bytes: 5100, dropped: 2, waiting: 700 },
    { direction: 'egress', rate, packets: 1, bytes: 60, dropped: 0, waiting: 0 },
  ]);
  expect(readQueues('[]', { egress: limit })).toMatchObject([{ direction: 'egress', packets: 0 }]);
});
