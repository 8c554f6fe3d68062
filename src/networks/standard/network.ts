import { nameRules } from '../../lib/names.ts';
import { integer, type Of, optional, record, text } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';

/** The name of a network or an endpoint. Names are data: interfaces are named by hashes of ids. */
export const resourceName = text.regex(
  /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,226}$/,
  'is no name: letters, digits, `_`, `.` and `-`, at most 227, a letter or digit first',
);
/** RFC 1123, 2.1: what hosts are called, and what nodes know each other by. */
export const nodeName = text.regex(
  /^[a-zA-Z0-9]([a-zA-Z0-9.-]{0,61}[a-zA-Z0-9])?$/,
  'is no name of a host: letters, digits, `.` and `-`, at most 63',
);
export const archetypeName = text.regex(/^[a-z][a-z0-9-]{0,31}$/, 'is no name of an archetype');
export const labels = z
  .record(text.min(1).max(128), text.max(1024))
  .refine((all) => Object.keys(all).length <= 64, {
    message: 'has more than 64 labels',
  });
/** The least that IPv6 works with (RFC 8200, 5), and the largest that a veth takes. */
export const mtu = integer.min(1280).max(65_535);

/** Ids that name a network on a wire (IEEE 802.1Q, 9.6): 0 is none, 4095 is reserved. */
export const vlan = integer.min(1).max(4094);

/** Name of a program in the folder that the node's settings name. */
export const programName = text.regex(
  nameRules.program,
  'is no name of a program: letters, digits, `_` and `-`, at most 64, a letter or digit first',
);

/** What each archetype knows of its own: checked by the archetype's schema. */
const options = z.record(text.max(64), z.unknown());

export const networkWish = z.strictObject({
  name: resourceName,
  archetype: archetypeName,
  mtu: optional(mtu).describe(
    'Bytes of a packet without the Ethernet header. Default: 1500, or what passes the edges of all nodes that share it where that is less.',
  ),
  vlan: optional(vlan).describe(
    'Id under which it is on the physical network, by way of the node’s edge: the same on every node. Absent: it is not.',
  ),
  program: optional(programName).describe(
    'A program of its own that its frames pass in the edge: a file NAME.o in the node’s folder for such. Needs `vlan`.',
  ),
  labels: optional(labels),
  options: optional(options).describe('What the archetype takes: docs/reference/archetypes.md.'),
});
export type NetworkWish = Of<typeof networkWish>;

export const phase = z
  .enum(['pending', 'ready', 'failed', 'deleting'])
  .describe('`pending`: wanted, and not there yet. `failed`: `reason` says why, and it is tried again.');

export const nodeStatus = record('NodeStatus', 'What is there of it on one node.', {
  name: text,
  phase,
  reason: optional(text),
});
export type NodeStatus = Of<typeof nodeStatus>;

export const runningProgram = record('RunningProgram', 'A program of a network’s own, in the kernel.', {
  name: text,
  sha256: text.describe('Of the object file, as it was loaded.'),
  since: text.describe('When it was loaded; RFC 3339.'),
});

export const status = record('ResourceStatus', 'What is there of it.', {
  phase,
  reason: optional(text),
  observed: z.record(text, z.unknown()).describe('What the archetype has made: interfaces, addresses.'),
  program: optional(runningProgram).describe(
    'What a network’s frames pass in this node’s edge: what it is to pass, or where that is refused, what it passed before.',
  ),
  nodes: optional(z.array(nodeStatus)).describe('Where a network lives, when several nodes share theirs.'),
});
export type Status = Of<typeof status>;

export const network = record('Network', 'A network, as it is wanted and as it is.', {
  name: text,
  archetype: text,
  id: text.describe('Never given to another network, whatever its name.'),
  revision: integer.describe('Of what is wanted; whoever changes it names the one that they read.'),
  mtu: integer,
  vlan: optional(vlan),
  program: optional(programName),
  labels: z.record(text, text),
  options: options.describe('As wanted, with what the archetype chose where nothing was said.'),
  status,
});
export type Network = Of<typeof network>;
