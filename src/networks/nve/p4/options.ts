import { integer, type Of, text } from '../../../lib/schema.ts';
import * as z from '../../../lib/zod.ts';

export const p4Options = z.strictObject({
  address: text
    .max(300)
    .regex(
      /^(127\.0\.0\.1|\[::1\]|localhost):[0-9]{1,5}$|^unix:\/[\w./-]+$/,
      'is no address of this host, such as 127.0.0.1:9559',
    )
    .default('127.0.0.1:9559')
    .describe('Where simple_switch_grpc listens (`--grpc-server-addr`).'),
  device: integer
    .min(0)
    .max(2 ** 31 - 1)
    .default(1)
    .describe('As it was told (`--device-id`).'),
  pipeline: text
    .max(4096)
    .regex(/^\//, 'is no absolute path')
    .describe('Folder with nve.json and nve.p4info.bin, as p4c made them of dataplane/nve.p4.'),
  ports: integer.min(1).max(256).default(16).describe('For networks: a switch takes none later on.'),
});
export type P4Options = Of<typeof p4Options>;
