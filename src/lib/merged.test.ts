import { expect, test } from 'vitest';
import { merged } from './merged.ts';

async function* after(
  gates: readonly Promise<void>[],
  ...items: string[]
): AsyncGenerator<string, void, undefined> {
  for (const [i, item] of items.entries()) {
    await gates[i];
    yield item;
  }
}

test('what several sources give comes as it comes, to the last', async () => {
  let open: () => void = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const seen: string[] = [];
  for await (const item of merged([after([gate], 'late'), after([], 'a', 'b')])) {
    seen.push(item);
    if (item === 'b') open();
  }
  expect(seen).toEqual(['a', 'b', 'late']);
});

test('an error of one source is the error of all', async () => {
  const failing = after([Promise.reject(new Error('gone'))], 'never');
  const never = after([new Promise(() => {})], 'never');
  await expect(merged([never, failing]).next()).rejects.toThrow('gone');
});
