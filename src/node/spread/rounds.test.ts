import { expect, test } from 'vitest';
import { rounds } from './rounds.ts';

async function read<Item>(sources: AsyncGenerator<readonly Item[], void, undefined>[]) {
  const all: (readonly Item[])[] = [];
  for await (const items of rounds(sources)) all.push(items);
  return all.map((items) => [...items].sort());
}

async function* saying(...all: string[][]): AsyncGenerator<readonly string[], void, undefined> {
  for (const items of all) {
    await Promise.resolve();
    yield items;
  }
}

test('what all have said is said at once, in order, also when one of them has ended', async () => {
  expect(await read([saying(['a1', 'a2']), saying(['b1'])])).toEqual([['a1', 'a2', 'b1']]);
  expect(await read([saying(['a1'], ['a2'], ['a3'])])).toEqual([['a1'], ['a2'], ['a3']]);
  const all = await read([saying(['a1'], ['a2'], ['a3']), saying(['b1'])]);
  expect([all.flat().sort(), all.at(-1)]).toEqual([['a1', 'a2', 'a3', 'b1'], ['a3']]);
  expect(await read([])).toEqual([]);
});

test('one that is silent keeps nobody from hearing the others', async () => {
  const never = new Promise<never>(() => {});
  // biome-ignore lint/correctness/useYield: it says nothing.
  async function* silent(): AsyncGenerator<readonly string[], void, undefined> {
    await never;
  }
  const said = rounds([silent(), saying(['a1'], ['a2'], ['a3'])]);
  expect([(await said.next()).value, (await said.next()).value]).toEqual([['a1'], ['a2']]);
});
