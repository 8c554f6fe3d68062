import { integer, type Of, record, text, time } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';
import { bondDriverNames } from './driver-names.ts';

const lacpSystem = record('LacpSystem', 'Who speaks LACP (IEEE 802.1AX).', {
  system: text.describe('Its MAC address.'),
  key: integer.describe('What its links have in common that may be one.'),
});

/** What can be wrong with a link of a bond. */
export const memberProblems = [
  'absent',
  'refused',
  'pulled',
  'silent',
  'looped',
  'miswired',
  'slow',
  'flapping',
  'lossy',
] as const;
export type MemberProblem = (typeof memberProblems)[number];

const memberStatus = record('BondMember', 'A link of a bond.', {
  name: text,
  used: z.boolean().describe('Whether flows are sent there.'),
  problem: z
    .enum(memberProblems)
    .nullable()
    .describe(
      '`absent`: there is no such interface. `refused`: it cannot be a member. `pulled`: it has no carrier. `silent`: nobody is heard there. `looped`: the bond hears itself. `miswired`: its partner is another than that of the bond. `slow`: slower than others. `flapping`: it came and went three times within five minutes. `lossy`: frames were spoilt on it within a minute.',
    ),
  reason: text.nullable().describe('The same in words.'),
  carrier: z.boolean(),
  speed: integer.nullable().describe('Bits a second; null: not known.'),
  heard: z.boolean().describe('Whether the partner is heard, by LACP.'),
  bfd: z.enum(['up', 'down']).nullable().describe('Null: nobody asked for it.'),
  partner: lacpSystem.nullable().describe('Who was heard there.'),
  share: z
    .number()
    .nullable()
    .describe('Of the bytes that the bond sent in the last ten seconds: 0 to 1; null: it sent next to none.'),
  sent: integer.describe('Bytes.'),
  received: integer.describe('Bytes.'),
  errors: integer.describe('Frames that were spoilt.'),
  failures: integer.describe('How often it was lost since it was made.'),
});

export const bondStatus = record('BondStatus', 'How a bond is.', {
  name: text.describe('Of its interface.'),
  driver: z.enum(bondDriverNames),
  cost: text.nullable().describe('What that driver costs or lacks.'),
  mode: text,
  hash: text,
  rate: text,
  detect: integer.nullable().describe('Milliseconds within which silence is found, by BFD; null: by LACP.'),
  state: z
    .enum(['up', 'degraded', 'down'])
    .describe('`degraded`: it carries, and a link does not, or not as it should. `down`: nothing passes.'),
  since: time.describe('Of this state.'),
  reason: text.describe('Why, in words.'),
  actor: lacpSystem.nullable(),
  partner: lacpSystem.nullable().describe('With whom it was agreed.'),
  imbalance: z
    .number()
    .nullable()
    .describe(
      'By how much the busiest link sends more than the mean of all, in the last ten seconds: 0 is even, 1 is twice.',
    ),
  mtu: integer.nullable(),
  addresses: z.array(text),
  members: z.array(memberStatus),
});
export type BondStatus = Of<typeof bondStatus>;
export type BondMemberStatus = BondStatus['members'][number];
