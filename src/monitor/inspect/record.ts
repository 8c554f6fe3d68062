import { sharingLevels } from '../../catalogue/sharing.ts';
import { type Of, record, text } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';

export const namespaceKinds = ['network', 'pid', 'mount', 'ipc', 'uts'] as const;
export type NamespaceKind = (typeof namespaceKinds)[number];

const mountStanding = record('MountStanding', '', {
  source: text.describe('A path of the host, `volume NAME`, or `tmpfs`.'),
  target: text,
  readOnly: z.boolean(),
});
export type MountStanding = Of<typeof mountStanding>;

const standing = record(
  'Standing',
  'Where a container stands: what it shares, what it may do, what it sees of the host’s files, where it is connected.',
  {
    sharing: z
      .enum([...sharingLevels, 'host'])
      .nullable()
      .describe('What it shares with the application’s containers; null for the application’s own.'),
    namespaces: z
      .record(z.enum(namespaceKinds), text)
      .describe('Whose each is: `own`, `host`, or the name of the container that it is shared with.'),
    capabilities: z
      .array(text)
      .describe('Without `CAP_`, sorted. Observed: all that any of its processes has or may get.'),
    noNewPrivileges: z
      .boolean()
      .describe('Whether running a program can give it no more rights than it has.'),
    mounts: z
      .array(mountStanding)
      .describe(
        'What it sees of the host’s files and volumes, without what every container has from the engine.',
      ),
    networks: z
      .array(z.object({ network: text, path: z.array(text) }))
      .describe(
        'The networks its pod is on, and the functions in the path of each: in the order in which what comes in passes them.',
      ),
    management: z.enum(['none', 'isolated', 'open']).describe('Its pod’s port on the management bridge.'),
  },
);
export type Standing = Of<typeof standing>;

export const inspectRecord = record('InspectRecord', 'What `heddle inspect` says of one container. Stable.', {
  name: text,
  pod: text,
  service: text.nullable(),
  role: z.enum(['application', 'agent', 'collector']),
  feature: text.nullable(),
  pid: z.int().nullable().describe('Its first process on this host; null when it does not run.'),
  declared: standing.describe('What its template, or the Compose file, gives it.'),
  observed: standing.nullable().describe('What its running processes have; null when it does not run.'),
  how: z.record(standing.keyof(), text).nullable().describe('How each part of `observed` was found.'),
  asDeclared: z.boolean(),
  differences: z.array(text).describe('What it has and should not have, or should have and has not.'),
});
export type InspectRecord = Of<typeof inspectRecord>;
