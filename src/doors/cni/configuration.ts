import { integer, type Of, optional, text } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';
import { archetypeName, mtu, resourceName } from '../../networks/standard/network.ts';

// What a runtime writes to the plugin's standard input (CNI 1.1, section 1, and its conventions). Keys that are not of this
// plugin are others': they are let pass.

/** Newest last. */
export const supportedVersions = ['0.4.0', '1.0.0', '1.1.0'] as const;
export type CniVersion = (typeof supportedVersions)[number];

const word = text.max(255);
const words = z.array(word).max(64);
const values = z.record(text.max(64), z.unknown());

/** The result of the plugin before, or of this one when it was added: what is not known in it is passed on. */
const result = z.looseObject({
  interfaces: optional(
    z.array(z.looseObject({ name: word, mac: optional(word), sandbox: optional(text.max(4096)) })).max(256),
  ),
  ips: optional(
    z.array(z.looseObject({ address: word, gateway: optional(word), interface: optional(integer) })).max(256),
  ),
  routes: optional(z.array(z.looseObject({ dst: word, gw: optional(word) })).max(4096)),
  dns: optional(
    z.looseObject({ nameservers: optional(words), search: optional(words), options: optional(words) }),
  ),
});
export type CniResult = Of<typeof result>;

const portMapping = z.object({
  hostPort: integer.min(0).max(65_535),
  containerPort: integer.min(1).max(65_535),
  protocol: optional(word),
  hostIP: optional(word),
});

const attachments = z.array(z.object({ containerID: text.max(1024), ifname: word })).max(100_000);

export const configuration = z.object({
  cniVersion: z.enum(supportedVersions),
  name: resourceName.describe('Of the network as the runtime has it.'),
  network: optional(resourceName).describe('Of the network as Heddle has it. Default: `name`.'),
  archetype: optional(archetypeName).describe(
    'Makes the network where there is none. Absent: it has to be there.',
  ),
  mtu: optional(mtu),
  options: optional(values).describe('What the archetype takes for the network.'),
  endpoint: optional(values).describe('What it takes for each endpoint.'),
  runtimeConfig: optional(
    z.object({
      ips: optional(z.array(word).max(16)),
      mac: optional(word),
      aliases: optional(words),
      portMappings: optional(z.array(portMapping).max(1024).nullable()),
    }),
  ),
  args: optional(
    z.object({ cni: optional(z.object({ ips: optional(z.array(word).max(16)), mac: optional(word) })) }),
  ),
  prevResult: optional(result.nullable()),
  'cni.dev/valid-attachments': optional(attachments.nullable()),
  // As drafts of 1.1 called it.
  'cni.dev/attachments': optional(attachments.nullable()),
});
export type Configuration = Of<typeof configuration>;
