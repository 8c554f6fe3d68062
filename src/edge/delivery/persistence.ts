import { Readable } from 'node:stream';
import type { AedesPublishPacket } from 'aedes';
import { RetainedTopics } from './retained.ts';

/** The part of a persistence, as the README of aedes-persistence lists it, that is about what is retained. */
export interface Persistence {
  storeRetained(packet: AedesPublishPacket): Promise<void>;
  createRetainedStream(filter: string): Readable;
  createRetainedStreamCombi(filters: readonly string[]): Readable;
}

/**
 * The library's persistence in memory, as the broker takes one by its option, but for what is retained: there it looks at
 * all there is whenever somebody subscribes.
 */
export async function persistenceByLevel(): Promise<Persistence> {
  const { default: inMemory } = await import('aedes-persistence');
  const retained = new RetainedTopics<AedesPublishPacket>();
  const byLevel: Persistence = {
    storeRetained: async (packet) => retained.store({ ...packet }),
    createRetainedStream: (filter) => Readable.from(retained.matching(filter)),
    createRetainedStreamCombi: (filters) =>
      Readable.from(filters.flatMap((filter) => retained.matching(filter))),
  };
  // Its types are those of an ES module, which it is not.
  return Object.assign((inMemory as unknown as () => object)(), byLevel);
}
