import { merged } from '../../lib/merged.ts';

/**
 * What several sources say again and again, as one says it: all that was said since, whenever each has said something, or one says
 * the next while another is silent.
 */
export async function* rounds<Item>(
  sources: readonly AsyncGenerator<readonly Item[], void, undefined>[],
): AsyncGenerator<readonly Item[]> {
  const going = new Set(sources.keys());
  let said = new Map<number, readonly Item[]>();
  const marked = sources.map(async function* (source, index) {
    for await (const items of source) yield { index, items };
    going.delete(index);
    yield { index, items: undefined };
  });
  for await (const { index, items } of merged(marked)) {
    if (items && said.has(index)) {
      yield [...said.values()].flat();
      said = new Map();
    }
    if (items) said.set(index, items);
    const isWhole = [...going].every((one) => said.has(one));
    if (!isWhole || said.size === 0) continue;
    yield [...said.values()].flat();
    said = new Map();
  }
  if (said.size > 0) yield [...said.values()].flat();
}
