import { expect, test } from 'vitest';
import { Journal } from './journal.ts';

const forever = new AbortController().signal;
const line = (msg: string, more: object = {}) => JSON.stringify({ level: 30, time: 'T', msg, ...more });

async function all(lines: AsyncIterable<{ readonly message: string }>): Promise<string[]> {
  const found: string[] = [];
  for await (const { message } of lines) found.push(message);
  return found;
}

test('lines are those of the node, unless they say whose, and of whoever wrote them', async () => {
  const journal = new Journal();
  journal.write('node', line('ready'));
  journal.write('node', line('a network', { service: 'ip', code: 'ERR_NETWORK' }));
  journal.write('sdn', line('listens'));
  journal.write('sdn', 'Segmentation fault');
  expect(await all(journal.read({ follow: false }, forever))).toHaveLength(4);
  expect(await all(journal.read({ follow: false, service: 'node' }, forever))).toEqual(['ready']);
  expect(await all(journal.read({ follow: false, service: 'sdn', tail: 1 }, forever))).toEqual([
    'Segmentation fault',
  ]);
  for await (const read of journal.read({ follow: false, service: 'ip' }, forever))
    expect(read).toEqual({
      time: 'T',
      level: 'info',
      service: 'ip',
      message: 'a network',
      fields: { code: 'ERR_NETWORK' },
    });
});

test('who follows gets what there is, and then what comes, until they go', async () => {
  const journal = new Journal();
  const gone = new AbortController();
  journal.write('node', line('1'));
  const seen: string[] = [];
  for await (const { message } of journal.read({ follow: true }, gone.signal)) {
    seen.push(message);
    if (seen.length === 3) gone.abort();
    else journal.write('node', line(String(seen.length + 1)));
  }
  expect(seen).toEqual(['1', '2', '3']);
});

test('only the newest are kept', async () => {
  const journal = new Journal();
  for (let count = 0; count < 25_000; count++) journal.write('node', line(String(count)));
  const kept = await all(journal.read({ follow: false }, forever));
  expect(kept.length).toBeGreaterThanOrEqual(10_000);
  expect(kept.length).toBeLessThan(11_001);
  expect(kept.at(-1)).toBe('24999');
});
