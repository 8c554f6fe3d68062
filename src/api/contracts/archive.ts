import { integer, type Of, optional, record, text } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';
import { type Contract, ofProject } from '../contract.ts';

const archivePlace = z.strictObject({
  service: text.min(1).max(255),
  container: optional(text.min(1).max(255)).describe('The container’s name, for one that `run` has made.'),
  index: optional(integer.min(1)).describe('Of the replica; absent: the first.'),
  path: text.min(1).max(4096),
  followLink: optional(z.boolean()).describe('Of a symbolic link, what it leads to.'),
});
/** A path in a container of a service. */
export type ArchivePlace = Of<typeof archivePlace>;

const pathStat = record('PathStat', '', {
  name: text,
  kind: z.enum(['file', 'folder', 'link', 'other']),
  target: text.describe('Where a link leads.'),
});

const reachedPath = record('ReachedPath', '', {
  path: text.describe('Where links led.'),
  stat: pathStat.nullable().describe('Null: nothing stands there.'),
});
export type ReachedPath = Of<typeof reachedPath>;

const url = '/v1/applications/:project/archive';

export const readArchiveContract = {
  route: `GET ${url}`,
  summary: 'A file or folder of a container, as a tar archive',
  params: ofProject,
  query: archivePlace,
  answer: text.describe('a tar archive'),
  sends: 'archive',
} as const satisfies Contract;

export const statPathContract = {
  route: `GET ${url}/stat`,
  summary: 'What stands at a path of a container',
  params: ofProject,
  query: archivePlace,
  answer: reachedPath,
} as const satisfies Contract;

export const writeArchiveContract = {
  route: `PUT ${url}`,
  summary: 'Unpack a tar archive in a folder of a container',
  params: ofProject,
  query: archivePlace,
  body: text.describe('a tar archive'),
  takes: 'archive',
  answer: z.object({}),
} as const satisfies Contract;
