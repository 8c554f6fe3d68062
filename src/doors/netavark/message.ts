import { integer, type Of, optional, text } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';
import { resourceName } from '../../networks/standard/network.ts';

// What netavark writes to a plugin's standard input (its plugin API 1.0.0). What is not known in a network is passed on.

const word = text.max(255);
const texts = z.record(word, text.max(65_536));

const subnet = z
  .looseObject({ subnet: word, gateway: optional(word.nullable()) })
  // It has a first and a last address, and a range here is a prefix.
  .refine(({ lease_range }) => lease_range === undefined || lease_range === null, {
    message: 'has a range: say it by an option of the network, subnets=[{"subnet":…,"range":…}]',
  });

export const podmanNetwork = z.looseObject({
  id: word,
  name: resourceName,
  driver: word,
  internal: z.boolean().default(false),
  ipv6_enabled: z.boolean().default(false),
  dns_enabled: z.boolean().default(false),
  options: optional(texts.nullable()),
  ipam_options: optional(texts.nullable()),
  subnets: optional(z.array(subnet).max(8).nullable()),
});
export type PodmanNetwork = Of<typeof podmanNetwork>;

const portMapping = z.object({
  container_port: integer.min(1).max(65_535),
  host_ip: optional(word.nullable()),
  host_port: integer.min(0).max(65_535),
  protocol: word.default('tcp'),
  range: integer.min(0).max(65_535).default(1),
});

/** Of `setup` and `teardown`. */
export const execution = z.object({
  container_id: text.regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,199}$/, 'is no id of a container'),
  container_name: word,
  port_mappings: optional(z.array(portMapping).max(1024).nullable()),
  network: podmanNetwork,
  network_options: z.object({
    interface_name: text.regex(/^[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,14}$/, 'is no name of an interface'),
    aliases: optional(z.array(word).max(64).nullable()),
    static_ips: optional(z.array(word).max(16).nullable()),
    static_mac: optional(word.nullable()),
    options: optional(texts.nullable()),
  }),
});
export type Execution = Of<typeof execution>;
export type PodmanPort = NonNullable<Execution['port_mappings']>[number];
