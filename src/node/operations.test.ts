import { expect, test } from 'vitest';
import { type Client, type Kind, Operations } from './operations.ts';

/** An operation that waits until it is to end, or is let go. */
function waiting(operations: Operations, kind: Kind, what: string, client: Client = {}) {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const over = operations.run(kind, what, client, async (signal) => {
    begin();
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    await Promise.race([released, aborted]);
    return signal.aborted ? `ended: ${signal.reason}` : 'done';
  });
  return { over, release, begun };
}

test('an operation ends with its client, and one that is queued does not begin', async () => {
  const operations = new Operations();
  const [first, second] = [new AbortController(), new AbortController()];
  const up = waiting(operations, 'make', 'up', { gone: first.signal });
  const queued = waiting(operations, 'make', 'up', { gone: second.signal });
  await up.begun;
  second.abort();
  first.abort();
  expect(await up.over).toBe('ended: whoever asked for it has gone');
  await expect(queued.over).rejects.toMatchObject({ code: 'ERR_INTERRUPTED' });
});

test('one that was detached goes on without its client, until another is asked for', async () => {
  const operations = new Operations();
  const client = new AbortController();
  const up = waiting(operations, 'make', 'up', { gone: client.signal, detached: true });
  await up.begun;
  client.abort();
  const second = waiting(operations, 'make', 'up');
  expect(await up.over).toBe('ended: up took its place');
  second.release();
  expect(await second.over).toBe('done');
});

test('down ends an up that waits, and the node’s own healing; a second up queues behind one that is watched', async () => {
  const operations = new Operations();
  for (const kind of ['make', 'heal'] as const) {
    const up = waiting(operations, kind, 'up');
    await up.begun;
    const down = waiting(operations, 'undo', 'down');
    expect(await up.over).toBe('ended: down took its place');
    down.release();
    await down.over;
  }
  const [one, two] = [waiting(operations, 'make', 'up'), waiting(operations, 'make', 'up')];
  one.release();
  two.release();
  expect(await Promise.all([one.over, two.over])).toEqual(['done', 'done']);
});

test('healing interrupts nothing, and down is not interrupted', async () => {
  const operations = new Operations();
  const down = waiting(operations, 'undo', 'down');
  const heal = waiting(operations, 'heal', 'healing');
  const again = waiting(operations, 'undo', 'down');
  down.release();
  again.release();
  expect(await down.over).toBe('done');
  await expect(heal.over).rejects.toMatchObject({ code: 'ERR_INTERRUPTED' });
  expect(await again.over).toBe('done');
});
