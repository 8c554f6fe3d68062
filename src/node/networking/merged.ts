/**
 * What several streams bring, as it comes, until the signal aborts or one of them fails; then the others are left as well.
 * Streams end with the signal.
 */
export async function* merged<Item>(
  streams: readonly AsyncIterable<Item>[],
  signal: AbortSignal,
  isWanted: (item: Item) => boolean,
): AsyncIterable<Item> {
  const queue: Item[] = [];
  let failure: { readonly error: unknown } | undefined;
  let left = streams.length;
  let wake = () => {};
  const read = async (stream: AsyncIterable<Item>) => {
    try {
      for await (const item of stream) {
        if (isWanted(item)) queue.push(item);
        wake();
      }
    } catch (error) {
      failure ??= { error };
    } finally {
      left--;
      wake();
    }
  };
  for (const stream of streams) void read(stream);
  while (!signal.aborted) {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) yield item;
    if (failure) throw failure.error;
    if (left === 0) return;
    if (queue.length === 0) await new Promise<void>((resolve) => (wake = resolve));
  }
}
