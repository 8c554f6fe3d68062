import { integer, type Of, optional, record, text } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';

const titled = record('TitledEntity', 'Who is known by a title.', {
  title: text,
  endpoint: text.describe('That it is at, or was.'),
  node: optional(text).describe('Where that is. Absent: it is gone, and what the entity had is kept for it.'),
  mac: text,
  capabilities: z.array(text).describe('What it says it can do.'),
  since: integer.describe('Milliseconds since 1970 at which it came there, or went.'),
});

const workspace = record('Workspace', 'Where entities speak: what one says, all others who are in it hear.', {
  title: text,
  address: text.describe('Its group address, on Ethernet.'),
  creator: text.describe('Who alone may delete it, by title.'),
  access: z.array(text).describe('Titles that may join, with `*` for anything. None: any.'),
  requires: z.array(text).describe('What members have to be able to do.'),
  maxMembers: optional(integer),
  maxBandwidth: optional(integer).describe('kbit/s that the members on one node send into it at most.'),
  members: z.array(text).describe('Their titles.'),
});

export const directory = record('Directory', 'Who is known on a network by a title, and where they speak.', {
  titles: z.array(titled),
  workspaces: z.array(workspace),
});
export type Directory = Of<typeof directory>;
