import * as z from '../lib/zod.ts';

const file = z.string().regex(/^\//).max(4096);

/** Where the state is that nodes share: `state` in the settings of a node. */
export const stateSettings = z.strictObject({
  etcd: z
    .strictObject({
      endpoints: z
        .array(z.url({ protocol: /^https?$/ }).max(300))
        .min(1)
        .max(15)
        .describe(
          'The members of etcd 3.4 or later: https://HOST:2379. The next one is asked when one is away.',
        ),
      prefix: z
        .string()
        .regex(/^(\/[A-Za-z0-9._-]+)+\/$/)
        .max(128)
        .default('/heddle/networks/')
        .describe('Of the keys that are used: nodes that share something have the same, others have others.'),
      ca: z
        .exactOptional(file)
        .describe('PEM: of whom the certificates of etcd are. Absent: whom the system trusts.'),
      cert: z.exactOptional(file).describe('PEM: the certificate that this node shows.'),
      key: z.exactOptional(file).describe('PEM: its private key, which nobody else may read.'),
    })
    .refine(({ cert, key }) => (cert === undefined) === (key === undefined), 'cert and key go together')
    .refine(
      ({ endpoints, ca, cert }) =>
        (ca === undefined && cert === undefined) || endpoints.every((url) => url.startsWith('https:')),
      'ca and cert need endpoints of https',
    ),
});
export type StateSettings = z.output<typeof stateSettings>;
