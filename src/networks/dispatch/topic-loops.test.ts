import { expect, test, vi } from 'vitest';
import { HeddleError } from '../../lib/errors.ts';
import { TopicLoops } from './topic-loops.ts';

const topic = (network: string) => ({ archetype: 'ip', network });

function loops(carryOut: (network: string) => Promise<boolean>) {
  const failed: string[] = [];
  const made = new TopicLoops({
    carryOut: ({ network }) => carryOut(network),
    done: (_topic, error) => void (error && failed.push(error.message)),
    failed: (error) => expect.unreachable(error.message),
  });
  return { made, failed };
}

test('what there is stays known, and what there is not any more is forgotten', async () => {
  const there = new Set(['lab']);
  const { made } = loops(async (network) => there.has(network));
  for (const network of ['lab', ...Array.from({ length: 100 }, (_, index) => `gone${index}`)])
    made.due(topic(network));
  await vi.waitFor(() => expect(made.size).toBe(1));
  there.clear();
  made.changedHere(topic('lab'));
  await vi.waitFor(() => expect(made.size).toBe(0));
  await made.stop();
});

test('one that is due again while it is carried out is carried out by nobody else', async () => {
  let atOnce = 0;
  let times = 0;
  const { made } = loops(async () => {
    expect(++atOnce).toBe(1);
    if (times++ < 5) made.due(topic('lab'));
    await new Promise((resolve) => setImmediate(resolve));
    atOnce--;
    return false;
  });
  made.due(topic('lab'));
  await vi.waitFor(() => expect(made.size).toBe(0));
  expect(times).toBe(6);
  await made.stop();
});

test('one that failed stays, whatever is left of it', async () => {
  let times = 0;
  const { made, failed } = loops(async () => {
    if (times++ === 0) throw new HeddleError('ERR_NETWORK', 'not yet');
    return false;
  });
  made.due(topic('lab'));
  await vi.waitFor(() => expect(failed).toEqual(['not yet']));
  expect(made.size).toBe(1);
  // What it did itself here is no news.
  made.changedHere(topic('lab'));
  await vi.waitFor(() => expect(made.size).toBe(0), { timeout: 3000 });
  expect(times).toBe(2);
  await made.stop();
});
