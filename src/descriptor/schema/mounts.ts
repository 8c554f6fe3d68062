import * as z from '../../lib/zod.ts';
import { boolean, bytes, closed, ignored, mode, text, unsupported, withShort } from './values.ts';

const propagation = z.enum(['shared', 'slave', 'private', 'rshared', 'rslave', 'rprivate']);

/** One item of a service's `volumes`. */
export const mount = withShort(
  closed({
    type: z.enum(['bind', 'volume', 'tmpfs'], {
      error: 'expected bind, volume or tmpfs (image, npipe and cluster are not carried out)',
    }),
    source: text.optional(),
    target: text.regex(/^\//, 'expected an absolute path'),
    read_only: boolean.optional(),
    consistency: text.optional(),
    bind: closed({
      propagation: propagation.optional(),
      create_host_path: boolean.optional(),
      selinux: z.enum(['z', 'Z']).optional(),
      recursive: unsupported('parts of the source could become writable or visible'),
    })
      .nullable()
      .optional(),
    volume: closed({
      nocopy: boolean.optional(),
      subpath: text
        .regex(/^(?!\/)(?!(.*\/)?\.\.(\/|$)).+$/, 'expected a path in the volume that leads nowhere else')
        .optional(),
      labels: ignored(),
    })
      .nullable()
      .optional(),
    tmpfs: closed({ size: bytes.optional(), mode: mode.optional() }).nullable().optional(),
    image: ignored(),
  }),
  text,
);

/** One item of a service's `configs` or `secrets`. */
export const fileMount = withShort(
  closed({
    source: text,
    target: text.optional(),
    uid: z.union([z.string(), z.number()]).optional(),
    gid: z.union([z.string(), z.number()]).optional(),
    mode: mode.optional(),
  }),
  text,
);

/** One item of a service's `devices`. */
export const device = withShort(
  closed({ source: text, target: text.optional(), permissions: text.regex(/^[rwm]+$/).optional() }),
  text,
);
