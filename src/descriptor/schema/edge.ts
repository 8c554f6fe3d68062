import { isLabel } from '../../lib/dns-label.ts';
import * as z from '../../lib/zod.ts';
import { closed, integer, number, withShort } from './values.ts';

const label = z
  .string()
  .refine(isLabel, 'expected a DNS label: small letters, digits and hyphens, at most 63');
const sites = z.array(label).default([]);
const portNumber = integer.refine((n) => n >= 1 && n <= 65_535, 'expected a port from 1 to 65535');
const positive = number.refine((n) => n > 0, 'expected a number above 0');

/** A port as clients use it, in the words of an edge file; `target` is that inside the service. */
const port = closed({
  port: portNumber,
  target: portNumber.optional(),
  protocol: z.enum(['tcp', 'udp']).default('tcp'),
  application: z.enum(['http', 'stream']).default('stream'),
  layer: z.exactOptional(z.literal(4)),
}).refine(({ application, layer }) => application === 'stream' || layer === undefined, {
  path: ['layer'],
  message: 'HTTP is led on by host and path, which is not seen at layer 4',
});

const policy = closed({
  pin: sites,
  exclude: sites,
  weights: z.record(label, positive).default({}),
  by: z.enum(['delay', 'geography']).default('delay'),
});

/** `x-heddle.edge`: that a service is published at the edge, in the words of an edge file and of Kubernetes' annotation. */
export const serviceEdge = withShort(
  closed({
    as: label.optional(),
    namespace: label.optional(),
    ports: z.record(label, port).optional(),
    steer: z.enum(['gateway', 'direct']).default('gateway'),
    failover: positive.default(5),
    policy: policy.default({ pin: [], exclude: [], weights: {}, by: 'delay' }),
  }).meta({ description: 'Publishes the service at the edge: clients find it by name, and are led to it.' }),
  z.boolean(),
);
