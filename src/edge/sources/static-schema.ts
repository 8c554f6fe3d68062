import ipaddr from 'ipaddr.js';
import { noHttpAtLayer4 } from '../../descriptor/publication-words.ts';
import { isLabel } from '../../lib/dns-label.ts';
import * as z from '../../lib/zod.ts';
import { type PublishRule, readPortRange } from '../model/publish-rules.ts';
import { reach, words } from './publication.ts';

const labelForm = 'a name is a DNS label: small letters, digits and hyphens, at most 63';
const label = z.string().refine(isLabel, labelForm);
const serviceName = z
  .string()
  .refine(
    (text) => text.split('/').length <= 2 && text.split('/').every(isLabel),
    `expected NAME or NAMESPACE/NAME; ${labelForm}`,
  );
const address = z.string().refine((text) => ipaddr.isValid(text), 'expected an IPv4 or IPv6 address');
const network = z
  .string()
  .refine((text) => ipaddr.isValidCIDR(text), 'expected a network such as 10.1.0.0/16');
const sites = z.array(label).default([]);

const port = z.strictObject(words.port).refine(noHttpAtLayer4.holds, noHttpAtLayer4.otherwise);

const copy = z.strictObject({
  id: z.string().min(1).optional(),
  node: label,
  address,
  ports: z.record(label, words.portNumber).default({}),
  ready: z.boolean().default(true),
  draining: z.boolean().default(false),
});

const service = z.strictObject({
  namespace: label.optional(),
  ports: z.record(label, port),
  ...reach,
  copies: z.array(copy).default([]),
});

const pattern = z
  .string()
  .refine((text) => text === '*' || isLabel(text.replace(/(-?)\*$/, '$1x')), 'expected NAME, NAME-* or *');
const range = z.unknown().transform((written, context) => {
  const read = readPortRange(String(written));
  if (read) return read;
  context.addIssue('expected a port such as 80, 80/tcp or 7000-7010/udp');
  return z.NEVER;
});
const someOfIt = z.strictObject({
  names: z.exactOptional(z.array(pattern)),
  ports: z.exactOptional(z.array(range)),
});

/** What a namespace may publish: all, nothing, or some names and ports. */
const rule = z.unknown().transform((written, context): PublishRule => {
  if (typeof written === 'boolean') return written ? {} : { isRefused: true };
  const read = someOfIt.safeParse(written);
  if (read.success) return read.data;
  for (const { path, message, code } of read.error.issues) {
    const expected = 'expected true, false, or { names: [NAME], ports: [80, 7000-7010/tcp] }';
    const isWhole = path.length === 0 && code === 'invalid_type';
    context.addIssue({ code: 'custom', path, message: isWhole ? expected : message });
  }
  return z.NEVER;
});

/** The domain, the sites, and what is known without asking anybody. */
export const edgeFileSchema = z.strictObject({
  domain: z
    .string()
    .refine((text) => text.split('.').every(isLabel), 'expected a domain such as edge.internal')
    .default('edge.internal'),
  caa: z
    .array(z.strictObject({ tag: z.enum(['issue', 'issuewild', 'iodef']), value: z.string().min(1) }))
    .default([]),
  sites: z.record(
    label,
    z.strictObject({
      gateway: z.array(address).min(1),
      location: z
        .strictObject({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) })
        .optional(),
      clients: z.array(network).min(1).optional(),
      prefer: sites,
    }),
  ),
  nodes: z
    .record(
      label,
      z.strictObject({
        site: label,
        addresses: z.array(address).min(1),
        proxy: z.exactOptional(z.boolean()),
      }),
    )
    .default({}),
  publish: z.exactOptional(z.record(pattern, rule)),
  services: z.record(serviceName, service).default({}),
});

export type EdgeFile = z.infer<typeof edgeFileSchema>;
