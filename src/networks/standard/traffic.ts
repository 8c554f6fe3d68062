import { integer, type Of, optional, record, text } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';
import type { Directory } from './directory.ts';
import { mac } from './endpoint.ts';
import { resourceName } from './network.ts';

/** What archetypes may let be read of the traffic on their networks. */
export const trafficRead = z.enum(['counters', 'flows', 'trace']);
export type TrafficRead = Of<typeof trafficRead>;

const passed = record('Passed', 'What has passed one way since the interface is there.', {
  packets: integer,
  bytes: integer,
  dropped: integer.describe('Packets that were lost on the way.'),
  filtered: optional(integer).describe(
    'How many of these a program of the network’s own has dropped; large packets of the kernel’s count as one.',
  ),
});

export const linkCounters = record('LinkCounters', 'What has passed at one link of a network.', {
  kind: z
    .enum(['endpoint', 'host', 'edge'])
    .describe('`host`: this host on its own network. `edge`: the way to other hosts.'),
  name: text.describe('Of the endpoint, or else of the interface.'),
  interface: text.describe('Of this host, at which it was counted.'),
  received: passed.describe('By who is at the link: the endpoint, this host, the wire.'),
  sent: passed,
});
export type LinkCounters = Of<typeof linkCounters>;

export const networkCounters = record('NetworkCounters', 'What has passed on a network.', {
  network: text,
  archetype: text,
  links: z.array(linkCounters),
});
export type NetworkCounters = Of<typeof networkCounters>;

export const networkFlow = record('NetworkFlow', 'What a network’s switch does with some of its frames.', {
  table: integer,
  priority: integer,
  cookie: text.describe('Who made it: `0x` and 16 hex digits.'),
  kind: z
    .enum(['standing', 'learned', 'foreign'])
    .describe('`learned`: goes when nobody speaks any more. `foreign`: somebody else’s.'),
  match: z.record(text, text).describe('By field; one that is absent may be anything.'),
  actions: z.array(text).describe('None: what matches is dropped.'),
  packets: integer,
  bytes: integer,
  age: integer.describe('Seconds.'),
});
export type NetworkFlow = Of<typeof networkFlow>;

export const frameWish = z.strictObject({
  from: resourceName.describe('The endpoint that sends it.'),
  to: optional(text.min(1).max(227)).describe(
    'An endpoint of the network, an IP address or a MAC address; of `etarch`, a workspace or a title. Default: all of the network.',
  ),
  sourceMac: optional(mac).describe('Default: that of the endpoint.'),
  etherType: optional(integer.min(0x600).max(0xffff)).describe(
    'Default: 0x0800, or 0x86dd to an IPv6 address; of `etarch` 0x88b6.',
  ),
  protocol: optional(z.enum(['tcp', 'udp', 'icmp'])),
  port: optional(integer.min(1).max(65_535)).describe('That it is sent to, of TCP or UDP.'),
});
export type FrameWish = Of<typeof frameWish>;

const step = record('TraceStep', 'A place that a frame comes to, and what is decided there.', {
  place: z
    .enum(['endpoint', 'switch', 'host', 'node', 'agent'])
    .describe('`node`: another one. `agent`: who knows what titles and workspaces there are.'),
  at: text.describe('`bridge hb0123`, `table 1`, `chain forward`.'),
  rule: text.describe('What decides, as it is there.'),
  effect: text,
});
export type TraceStep = Of<typeof step>;

const outlet = z.object({
  kind: z.enum(['endpoint', 'host', 'edge', 'interface']),
  name: text,
  node: optional(text).describe('Absent: this one.'),
});
export type Outlet = Of<typeof outlet>;

export const trace = record('Trace', 'Where a frame would go that nobody sends, and why.', {
  source: text.describe('MAC address.'),
  destination: text.describe('MAC address; empty where nobody answers who has the address.'),
  etherType: integer,
  steps: z.array(step),
  outcome: z
    .enum(['delivered', 'flooded', 'leaves', 'dropped'])
    .describe('`flooded`: to all that may be meant. `leaves`: by the host, to other networks.'),
  to: z.array(outlet).describe('Where it comes out.'),
});
export type Trace = Of<typeof trace>;

/** What is to be read of networks beside what they are. Which archetype has what, its description says. */
export interface NetworkTraffic {
  /**
   * What has passed, of one network or, where none is named, of all by one look.
   * @throws HeddleError ERR_RESOURCE_UNKNOWN, ERR_ARCHETYPE_LACKS
   */
  counters(network?: string): Promise<NetworkCounters[]>;
  /**
   * What a controller has told the network’s switch, with what each has counted.
   * @throws HeddleError ERR_RESOURCE_UNKNOWN, ERR_ARCHETYPE_LACKS, ERR_OPENFLOW
   */
  flows(network: string): Promise<NetworkFlow[]>;
  /**
   * Where a frame would go, and why, by what is there now.
   * @throws HeddleError ERR_RESOURCE_UNKNOWN, ERR_RESOURCE_INVALID, ERR_ARCHETYPE_LACKS
   */
  trace(network: string, frame: FrameWish): Promise<Trace>;
  /**
   * Who is known on a network by a title, and where they speak, on all nodes that share it.
   * @throws HeddleError ERR_RESOURCE_UNKNOWN, ERR_ARCHETYPE_LACKS, ERR_STATE_UNREACHABLE
   */
  directory(network: string): Promise<Directory>;
}
