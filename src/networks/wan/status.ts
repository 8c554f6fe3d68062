import { integer, type Of, record, text, time } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';

const pathStatus = record('PathStatus', 'From an uplink of this node to one of the other.', {
  name: text.describe('`eth1>eth2`: this node’s uplink, and the other’s.'),
  uplink: text,
  local: text,
  remote: text,
  up: z
    .boolean()
    .describe('Whether it answers: three packets in a row, 50 ms apart, would be missed before it does not.'),
  used: z.boolean(),
  delay: z.number().nullable().describe('Milliseconds there and back.'),
  loss: z.number().nullable().describe('Of packets, in the direction that loses more: 0 to 1.'),
  cost: integer.describe('Milliseconds of delay that it counts for besides.'),
  mtu: integer.nullable().describe('Bytes of the largest packet of IP that it takes; null: not known yet.'),
  falls: integer.describe('How often it went down in the last five minutes.'),
});

export const linkStatus = record('LinkStatus', 'How the link to another node is.', {
  node: text.describe('The other node.'),
  site: text.describe('Where that is.'),
  kind: text,
  state: z
    .enum(['up', 'down', 'failed'])
    .describe(
      '`down`: no path answers, or nothing passes on it. `failed`: there can be none; `reason` says why.',
    ),
  since: time.describe('Of this state.'),
  private: z.boolean().describe('Whether what travels is encrypted, and comes from the other node for sure.'),
  local: text.describe('The address that this node has on its links.'),
  remote: text.describe('That of the other node.'),
  path: text.nullable().describe('The one that is used.'),
  uplink: text.nullable(),
  delay: z.number().nullable().describe('Milliseconds there and back.'),
  loss: z.number().nullable(),
  mtu: integer.nullable().describe('Bytes of a packet of IP on the link.'),
  reason: text.describe('Why that path is used, or none.'),
  moves: integer.describe('How often another path was taken since the node started.'),
  handshake: time.nullable().describe('When the last keys were agreed; null: never, or the kind has none.'),
  paths: z.array(pathStatus),
});
export type LinkStatus = Of<typeof linkStatus>;
export type PathStatus = LinkStatus['paths'][number];
