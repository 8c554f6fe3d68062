import { nameRules } from '../../lib/names.ts';
import { integer, type Of, optional, record, text } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';
import { labels, nodeName, resourceName, status } from './network.ts';

const interfaceName = text.regex(nameRules.interface, 'is no name of an interface: at most 15 bytes');
const path = text
  .max(255)
  .startsWith('/')
  .regex(/^\/[\w./:@+=-]*$/, 'is no absolute path of letters, digits and ./:@+=_-');

/** What an endpoint gives access to. */
export const attachment = z.discriminatedUnion('kind', [
  z
    .strictObject({
      kind: z.literal('namespace'),
      path: path.describe('Of a network namespace: `/run/netns/web`, `/proc/4711/ns/net`.'),
      inode: optional(integer.min(1)).describe(
        'Of the namespace: what else is found under the path, where process ids are given again, is not taken for it.',
      ),
      interface: interfaceName.default('eth0').describe('What it is called in there.'),
    })
    .describe('A container: an interface in its network namespace.'),
  z
    .strictObject({
      kind: z.literal('tap'),
      owner: optional(integer.min(0)).describe('The user id that may open it. Absent: root.'),
    })
    .describe('A virtual machine: a TAP on this host.'),
  z
    .strictObject({ kind: z.literal('interface'), interface: interfaceName })
    .describe('An interface of this host, which is the network’s while the endpoint is there.'),
  z
    .strictObject({ kind: z.literal('remote'), node: nodeName })
    .describe('What another node has: here it is known. Only services say this.'),
  z
    .strictObject({ kind: z.literal('node'), node: nodeName })
    .describe('A node itself, where it takes part in the network. Only services say this.'),
  z
    .strictObject({ kind: z.literal('handed') })
    .describe(
      'A container of somebody who moves interfaces there and sets them up, such as Docker: one to move.',
    ),
]);
export type Attachment = Of<typeof attachment>;

/** What every archetype takes from services, and none from users. */
export function isOfServices({ kind }: Pick<Attachment, 'kind'>): boolean {
  return kind === 'remote' || kind === 'node';
}

export const mac = text.regex(
  /^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$/,
  'is no unicast MAC address in lower case',
);

export const endpointWish = z.strictObject({
  name: resourceName,
  node: optional(nodeName).describe(
    'Where it is, when several nodes share their networks. Default: the node that was asked.',
  ),
  attachment,
  mac: optional(mac).describe('Default: one made from its id.'),
  labels: optional(labels),
  options: optional(z.record(text.max(64), z.unknown())),
});
export type EndpointWish = Of<typeof endpointWish>;

export const endpoint = record('Endpoint', 'A point of access to a network, as it is wanted and as it is.', {
  name: text,
  network: text,
  archetype: text,
  id: text,
  revision: integer,
  node: optional(text).describe('Where it is. Absent: on the only node there is.'),
  attachment,
  mac: text,
  labels: z.record(text, text),
  options: z.record(text, z.unknown()),
  status,
});
export type Endpoint = Of<typeof endpoint>;
