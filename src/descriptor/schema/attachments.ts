import * as z from '../../lib/zod.ts';
import { hostIp, ip, ipv4, ipv6, mac } from './addresses.ts';
import { boolean, closed, integer, number, text, texts, unsupported, withShort } from './values.ts';

/** A service's place on one network. */
const attachment = closed({
  aliases: texts.optional(),
  ipv4_address: ipv4.optional(),
  ipv6_address: ipv6.optional(),
  link_local_ips: z.array(ip).optional(),
  mac_address: mac.optional(),
  priority: number.optional(),
  gw_priority: unsupported(
    'the service could reach the world by another network',
    (v) => Number(v ?? 0) === 0,
  ),
  interface_name: unsupported('the interface would have another name'),
  driver_opts: unsupported('the driver would not be told'),
}).nullable();

export const attachments = withShort(
  z.record(z.string(), attachment, { error: 'expected a list of networks, or a map from networks' }),
  texts,
);

const range = /^[0-9]{1,5}(-[0-9]{1,5})?$/;

/** One item of `ports`. */
export const port = withShort(
  closed({
    target: integer.refine((n) => n >= 1 && n <= 65_535, 'expected a port from 1 to 65535'),
    published: withShort(
      text.regex(range, 'expected a port, or a range such as 8000-8010'),
      z.int(),
    ).optional(),
    host_ip: hostIp.optional(),
    protocol: z.enum(['tcp', 'udp', 'sctp']).optional(),
    mode: z.enum(['host', 'ingress']).optional(),
    name: text.optional(),
    app_protocol: text.optional(),
  }),
  z.union([z.string(), z.number()]),
);

export const dependencies = withShort(
  z.record(
    z.string(),
    closed({
      condition: z.enum(['service_started', 'service_healthy', 'service_completed_successfully']),
      restart: boolean.optional(),
      required: boolean.optional(),
    }),
    { error: 'expected a list of services, or a map from services' },
  ),
  texts,
);
