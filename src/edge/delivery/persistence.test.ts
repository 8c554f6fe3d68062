import library from 'aedes-persistence';
import { expect, test } from 'vitest';
import { type Persistence, persistenceByLevel } from './persistence.ts';

const inMemory = library as unknown as () => Persistence;

const packet = (topic: string, text = topic) => ({
  cmd: 'publish' as const,
  brokerId: 'b',
  brokerCounter: 1,
  topic,
  payload: Buffer.from(text),
  qos: 1 as const,
  retain: true,
  dup: false,
});

test('what is retained is found as the library itself finds it', async () => {
  const [ours, theirs] = [await persistenceByLevel(), inMemory()];
  const topics = ['a', 'a/b', 'a/b/c', 'a/x/c', 'd', '/a'];
  for (const store of [ours, theirs]) {
    for (const topic of topics) await store.storeRetained(packet(topic));
    await store.storeRetained(packet('a/b', 'newer'));
    await store.storeRetained(packet('d', ''));
  }
  for (const filter of ['a', 'a/#', '#', '+', 'a/+/c', '+/b', 'd', 'a/b', '/+', 'nothing/#']) {
    const found = async (store: Persistence) =>
      (await store.createRetainedStreamCombi([filter]).toArray())
        .map(({ topic, payload }) => `${topic} ${payload}`)
        .sort();
    expect(await found(ours), filter).toEqual(await found(theirs));
  }
});

test('nothing that the library asks of a persistence is another than what is replaced', async () => {
  const { prototype } = inMemory().constructor as unknown as { readonly prototype: object };
  const asked = Object.getOwnPropertyNames(prototype).filter((name) => /retained/i.test(name));
  expect(asked.sort()).toEqual(['createRetainedStream', 'createRetainedStreamCombi', 'storeRetained']);
});
