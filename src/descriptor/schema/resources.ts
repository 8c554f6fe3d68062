import { isName } from '../../lib/names.ts';
import * as z from '../../lib/zod.ts';
import { ip, subnet } from './addresses.ts';
import { networkHeddle } from './heddle.ts';
import { boolean, closed, ignored, labels, options, text, unsupported, withShort } from './values.ts';

/** What engines take for the name of a network or volume. */
const engineName = text.refine(
  (name) => isName('container', name),
  'expected letters, digits, "_", "." and "-", a letter or digit first, at most 228',
);

const external = withShort(
  boolean.meta({ description: 'Made by somebody else; Heddle only uses it.' }),
  z.strictObject({ name: text.optional() }),
);

const ipam = closed({
  driver: unsupported('its addresses would be given by another driver', (v) => !v || v === 'default'),
  config: z
    .array(
      closed({
        subnet: subnet.optional(),
        gateway: ip.optional(),
        ip_range: subnet.optional(),
        aux_addresses: unsupported('the engine could give these addresses to services'),
      }),
    )
    .nullable()
    .optional(),
  options: ignored(),
});

export const network = closed({
  name: engineName.optional(),
  driver: text.optional(),
  driver_opts: options.nullable().optional(),
  external: external.optional(),
  internal: boolean.optional(),
  attachable: boolean.optional(),
  enable_ipv4: boolean.optional(),
  enable_ipv6: boolean.optional(),
  ipam: ipam.nullable().optional(),
  labels: labels.nullable().optional(),
  'x-heddle': networkHeddle.optional(),
});
export type ComposeNetwork = z.output<typeof network>;

export const volume = closed({
  name: engineName.optional(),
  driver: text.optional(),
  driver_opts: options.nullable().optional(),
  external: external.optional(),
  labels: labels.nullable().optional(),
});
export type ComposeVolume = z.output<typeof volume>;

/** A config or a secret. */
export const fileObject = closed({
  name: text.optional(),
  file: text.optional(),
  environment: text.optional(),
  content: text.optional(),
  external: external.optional(),
  labels: labels.nullable().optional(),
  driver: unsupported('its content would not be fetched'),
  driver_opts: unsupported('its content would not be fetched'),
  template_driver: unsupported('its content would not be filled in'),
});
export type ComposeFileObject = z.output<typeof fileObject>;
