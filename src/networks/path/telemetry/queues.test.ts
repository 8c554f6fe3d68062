import { expect, test } from 'vitest';
import { queuedTogether, queuesIn } from './queues.ts';

test('what waits is at the root of an interface that has a queue', () => {
  const tbf = { kind: 'tbf', dev: 'i-2', root: true, qlen: 3, backlog: 3126, drops: 7 };
  const queues = queuesIn([
    tbf,
    { kind: 'bfifo', dev: 'i-2', qlen: 3, backlog: 3126, drops: 7 },
    { kind: 'noqueue', dev: 'o-2', root: true },
    { kind: 'clsact', dev: 'i-2' },
  ]);
  expect(queues).toEqual([{ device: 'i-2', kind: 'tbf', packets: 3, bytes: 3126, drops: 7 }]);
  expect(queuedTogether([...queues, ...queues])).toEqual({ kind: 'tbf', packets: 6, bytes: 6252, drops: 14 });
  expect(queuedTogether([])).toBeUndefined();
});
