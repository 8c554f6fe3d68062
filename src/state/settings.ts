import path from 'node:path';
import { type Of, optional, text } from '../lib/schema.ts';
import * as z from '../lib/zod.ts';

const file = text.min(1).max(4096).refine(path.isAbsolute, 'is no absolute path');

/** Where the state is that nodes share. */
export const etcdSettings = z
  .strictObject({
    endpoints: z
      .array(
        text.max(255).regex(/^https?:\/\/[^\s/@]+$/, 'is no URL of a member, such as https://etcd1:2379'),
      )
      .min(1)
      .max(15)
      .describe('The members of etcd 3.4 or later. The next one is asked when one is away.'),
    prefix: text
      .max(255)
      .regex(/^\/?[\w./-]+\/$/, 'is no prefix: it ends with a slash')
      .default('/heddle/networks/')
      .describe('Of keys. Nodes with the same share their networks.'),
    ca: optional(file).describe('Who etcd has to be of, PEM. Default: whom the system trusts.'),
    cert: optional(file).describe('Who this node is to etcd, PEM.'),
    key: optional(file).describe('Its private key, which only root may read.'),
    user: optional(text.min(1).max(255)).describe('Who this node is, where etcd knows users by passwords.'),
    passwordFile: optional(file).describe('Holds its password as the first line; only root may read it.'),
  })
  .refine(({ cert, key }) => (cert === undefined) === (key === undefined), 'cert and key go together')
  .refine(
    ({ user, passwordFile }) => (user === undefined) === (passwordFile === undefined),
    'user and passwordFile go together',
  )
  .refine(
    ({ endpoints, ca, cert, user }) =>
      [ca, cert, user].every((one) => one === undefined) ||
      endpoints.every((url) => url.startsWith('https:')),
    'ca, cert and user need endpoints of https',
  );

export interface StateSettings {
  readonly etcd: Of<typeof etcdSettings>;
}
