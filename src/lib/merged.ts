/** What several sources give, as it comes. An error of one ends all. */
export async function* merged<Item>(
  sources: readonly AsyncGenerator<Item, void, undefined>[],
): AsyncGenerator<Item> {
  const next = async (source: AsyncGenerator<Item, void, undefined>) => ({
    source,
    result: await source.next(),
  });
  const waiting = new Map(sources.map((source) => [source, next(source)]));
  try {
    while (waiting.size > 0) {
      const { source, result } = await Promise.race(waiting.values());
      if (result.done) waiting.delete(source);
      else {
        waiting.set(source, next(source));
        yield result.value;
      }
    }
  } finally {
    for (const promise of waiting.values()) promise.catch(() => {});
    for (const source of sources) void source.return().catch(() => {});
  }
}
