import { integer, type Of, optional, text } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';

// What Docker asks a plugin (libnetwork, docs/remote.md and docs/ipam.md). Newer versions say more; what is not known is let pass.

const id = text.regex(/^[a-zA-Z0-9]{1,128}$/, 'is no id of Docker');
const word = text.max(255);
const texts = z.record(text.max(255), text.max(65_536));
const values = z.record(text.max(255), z.unknown());

const addressing = z.object({
  Pool: word.default(''),
  Gateway: word.default(''),
  AuxAddresses: optional(z.record(text.max(255), z.unknown()).nullable()),
});
const pools = z.array(addressing).max(8).nullable().default([]);

export const network = z.object({ NetworkID: id });
export const newNetwork = network.extend({
  IPv4Data: pools,
  IPv6Data: pools,
  Options: z
    .object({
      'com.docker.network.generic': optional(texts.nullable()),
      'com.docker.network.internal': optional(z.boolean()),
    })
    .nullable()
    .default({}),
});
export type NewNetwork = Of<typeof newNetwork>;
export type Addressing = NonNullable<NewNetwork['IPv4Data']>[number];

export const endpoint = z.object({ NetworkID: id, EndpointID: id });
export type EndpointKey = Of<typeof endpoint>;

export const newEndpoint = endpoint.extend({
  Interface: z
    .object({ Address: word.default(''), AddressIPv6: word.default(''), MacAddress: word.default('') })
    .nullable()
    .default({ Address: '', AddressIPv6: '', MacAddress: '' }),
  Options: values.nullable().default({}),
});
export type NewEndpoint = Of<typeof newEndpoint>;

const binding = z.object({
  Proto: integer,
  Port: integer.min(1).max(65_535),
  HostIP: word.default(''),
  HostPort: integer.min(0).max(65_535),
  HostPortEnd: optional(integer.min(0).max(65_535)),
});
export type Binding = Of<typeof binding>;

export const publication = endpoint.extend({
  Options: z
    .object({ 'com.docker.network.portmap': optional(z.array(binding).max(1024).nullable()) })
    .nullable()
    .default({}),
});

export const newPool = z.object({
  Pool: word.default(''),
  SubPool: word.default(''),
  Options: texts.nullable().default({}),
  V6: z.boolean().default(false),
});
export type NewPool = Of<typeof newPool>;

export const pool = z.object({ PoolID: word });
export const newAddress = pool.extend({ Address: word.default(''), Options: texts.nullable().default({}) });
export const address = pool.extend({ Address: word });
