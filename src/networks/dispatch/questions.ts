import { type Of, text } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';
import { archetypeName, resourceName } from '../standard/network.ts';
import { frameWish, type NetworkTraffic } from '../standard/traffic.ts';

const ofNetwork = { archetype: archetypeName, network: resourceName };

/** What a node asks another one that alone can know it. */
export const question = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('counters'), ...ofNetwork }),
  z.strictObject({ kind: z.literal('flows'), ...ofNetwork }),
  z.strictObject({ kind: z.literal('trace'), ...ofNetwork, frame: frameWish }),
  z.strictObject({
    kind: z.literal('held'),
    archetype: archetypeName,
    options: z.record(text.max(64), z.unknown()),
  }),
]);
export type Question = Of<typeof question>;

/** Who can answer on a node: a service there. */
export interface Answering {
  readonly traffic: Pick<NetworkTraffic, 'counters' | 'flows' | 'trace'>;
  /** What somebody has on its host that an endpoint with these options is not to choose. Absent: it chooses nothing there. */
  held?(options: Readonly<Record<string, unknown>>): Promise<ReadonlySet<string>>;
}

/** What is sent back: JSON. @throws HeddleError */
export async function answerOf(service: Answering, asked: Question): Promise<unknown> {
  switch (asked.kind) {
    case 'counters':
      return service.traffic.counters(asked.network);
    case 'flows':
      return service.traffic.flows(asked.network);
    case 'trace':
      return service.traffic.trace(asked.network, asked.frame);
    case 'held':
      return [...((await service.held?.(asked.options)) ?? [])];
  }
}
