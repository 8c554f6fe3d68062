import type { PathStat } from '../../engines/console.ts';
import type {
  ContainerEvent,
  ContainerProcesses,
  ContainerStats,
  EndedContainer,
  ReachedPath,
} from '../handling.ts';
import { described, integer, list, number, oneOf, orNull, shape, text, time } from './shape.ts';

export const containerProcesses = shape<ContainerProcesses>({
  container: text,
  service: text,
  index: orNull(integer),
  titles: list(text),
  processes: list(list(text)),
});

export const endedContainer = shape<EndedContainer>({ container: text, service: text, exitCode: integer });

export const containerEvent = shape<ContainerEvent>({
  time,
  type: oneOf('container'),
  action: text,
  service: text,
  id: text,
  attributes: shape<ContainerEvent['attributes']>({ name: text, image: text }),
});

export const containerStats = shape<ContainerStats>({
  name: text,
  id: text,
  service: text,
  cpu: described(number, 'cores'),
  memory: described(integer, 'bytes'),
  memoryLimit: described(integer, 'bytes'),
  received: described(integer, 'bytes'),
  sent: described(integer, 'bytes'),
  read: described(integer, 'bytes'),
  written: described(integer, 'bytes'),
  processes: integer,
});

export const reachedPath = shape<ReachedPath>({
  path: text,
  stat: orNull(shape<PathStat>({ name: text, kind: oneOf('file', 'folder', 'link', 'other'), target: text })),
});
