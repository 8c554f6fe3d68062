import type { ShownPlan } from '../../deploy/plan/shown.ts';
import { errorCodes } from '../../lib/error-codes.ts';
import type { Location } from '../../lib/errors.ts';
import type { InspectRecord, MountStanding, Standing } from '../../monitor/inspect/record.ts';
import type {
  ApplicationSummary,
  ContainerImage,
  ContainerStatus,
  ErrorMessage,
  NodeInfo,
} from '../messages.ts';
import type { ContainerLine } from '../node-service.ts';
import { boolean, described, integer, list, oneOf, orNull, type Schema, shape, text, time } from './shape.ts';

export const nodeInfo = shape<NodeInfo>({
  version: text,
  pid: integer,
  engine: shape<NodeInfo['engine']>({ kind: text, version: text, endpoint: text }),
  stateDir: text,
  metrics: orNull(text),
});

export const errorMessage = shape<ErrorMessage>(
  {
    code: oneOf(...Object.keys(errorCodes)),
    message: text,
    hint: text,
    at: shape<Location>({ file: text, line: integer, column: integer }),
    errors: described(list({ type: 'object' }), 'several errors, each of this form'),
  },
  'at',
  'errors',
);

export const summary = shape<ApplicationSummary>({
  project: text,
  services: integer,
  running: integer,
  containers: integer,
  files: list(text),
});

export const containerStatus = shape<ContainerStatus>({
  name: text,
  id: orNull(text),
  service: orNull(text),
  index: orNull(integer),
  pod: text,
  role: text,
  feature: orNull(text),
  image: text,
  state: text,
  health: orNull(text),
  exitCode: orNull(integer),
  startedAt: orNull(time),
  ports: list(text),
  note: orNull(text),
  oneOff: boolean,
  orphan: boolean,
});

export const containerImage = shape<ContainerImage>({
  container: text,
  service: orNull(text),
  role: text,
  repository: orNull(text),
  tag: orNull(text),
  id: text,
  size: orNull(integer),
});

/** A line of JSON each, both ways: what a program prints, and how it ended. */
export const execOutput: Schema = {
  type: 'object',
  properties: {
    type: oneOf('output', 'ended', 'attached', 'event'),
    stream: oneOf('stdout', 'stderr'),
    data: described(text, 'base64'),
    exitCode: integer,
    container: text,
    tty: boolean,
    event: described({ type: 'object' }, 'what is done before it starts, as of an operation'),
    error: errorMessage,
  },
};

export const plan = shape<ShownPlan>({
  project: text,
  warnings: list(text),
  steps: list(
    shape<ShownPlan['steps'][number]>({
      id: text,
      kind: text,
      subject: text,
      reason: text,
      after: list(text),
    }),
  ),
});

/** A line of JSON each, as an operation goes. */
export const event: Schema = {
  type: 'object',
  required: ['type'],
  properties: {
    type: oneOf('plan', 'started', 'progress', 'done', 'failed', 'skipped', 'finished', 'error'),
    step: text,
    plan,
    error: errorMessage,
  },
};

export const logLine = shape<ContainerLine>({ container: text, stream: oneOf('stdout', 'stderr'), text });

const standing = shape<Standing>({
  sharing: orNull(oneOf('none', 'network', 'network+pid', 'network+pid+mounts', 'host')),
  namespaces: shape<Standing['namespaces']>({ network: text, pid: text, mount: text, ipc: text, uts: text }),
  capabilities: list(text),
  noNewPrivileges: boolean,
  mounts: list(shape<MountStanding>({ source: text, target: text, readOnly: boolean })),
  networks: list(shape<Standing['networks'][number]>({ network: text, path: list(text) })),
  management: oneOf('none', 'isolated', 'open'),
});

export const inspectRecord = shape<InspectRecord>({
  name: text,
  pod: text,
  service: orNull(text),
  role: oneOf('application', 'agent', 'collector'),
  feature: orNull(text),
  pid: orNull(integer),
  declared: standing,
  observed: orNull(standing),
  how: orNull({ type: 'object', additionalProperties: text }),
  asDeclared: boolean,
  differences: list(text),
});
