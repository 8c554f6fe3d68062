import { integer, type Of, optional, record, text } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';
import { archetypeName, network } from './network.ts';

export const switchWish = z.strictObject({
  archetype: archetypeName.describe('What the network becomes one of.'),
  options: optional(z.record(text.max(64), z.unknown())).describe(
    'What the archetype takes. What is not said stays as the network has it, where the archetype knows it.',
  ),
  revision: optional(integer.min(1)).describe('As it was read: one that was changed since is left alone.'),
  accept: optional(z.boolean()).describe('What would be lost may be. Without it, such a wish is refused.'),
  dryRun: optional(z.boolean()).describe('Only say what would be lost.'),
});
export type SwitchWish = Of<typeof switchWish>;

export const loss = record('Loss', 'What a network or an endpoint has, and the other archetype has not.', {
  of: text.describe('`network lab`, `endpoint web`.'),
  what: text,
});
export type Loss = Of<typeof loss>;

export const switched = record('Switched', 'A network, and what it lost, or would lose, in becoming it.', {
  network,
  lost: z.array(loss),
});
export type Switched = Of<typeof switched>;
