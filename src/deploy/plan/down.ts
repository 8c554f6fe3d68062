import type { ObservedContainer } from '../../engines/observed.ts';
import { type Observed, podOf } from '../observed.ts';
import type { Plan } from '../step.ts';
import { PlanBuilder } from './builder.ts';
import type { Removing } from './planning.ts';
import { removeContainers, removeEndpointsOf } from './removal.ts';
import { withStopHooks } from './stop-hooks.ts';

export interface DownOptions {
  /** Volumes and collected data, too. */
  readonly volumes: boolean;
  /** The containers that go; absent: all. */
  readonly leaving?: readonly ObservedContainer[];
  /** Names of volumes that stay whatever `volumes` says, for what uses them stays. */
  readonly keep?: ReadonlySet<string>;
  /** Whether some services go, rather than the application: its networks and volumes stay. */
  readonly partial?: boolean;
  /** Images that go when the containers are gone. */
  readonly images: readonly string[];
  readonly grace?: number;
}

/** Removes what of a project is Heddle's, as far as it was asked for. What others are on stays. */
export function downPlan(project: string, observed: Observed, options: DownOptions): Plan {
  const { volumes, leaving = observed.containers, partial = false, images, grace } = options;
  const builder = new PlanBuilder();
  const reason = 'down was asked for';
  const removing = { builder, observed, options: grace === undefined ? {} : { grace } };
  const removed = removeContainers(removing, leaving, reason, volumes ? 'remove' : 'keep');
  for (const reference of images) builder.add('removeImage', reference, { reference }, reason, removed);
  const staying = observed.containers.filter((container) => !leaving.includes(container));
  if (staying.length > 0 || partial) {
    const pods = new Set(staying.map(podOf));
    for (const { pod } of observed.management.filter((port) => !pods.has(port.pod)))
      builder.add('disconnectManagement', pod, { pod }, reason, removed);
  } else {
    builder.add('removeManagement', project, {}, reason, removed);
    if (observed.guard !== undefined) builder.add('removeGuard', project, {}, reason, removed);
    builder.add('removeState', project, { keepVolumes: !volumes }, reason, removed);
  }
  if (!partial) removeResources({ builder, observed }, staying, options, reason, removed);
  return withStopHooks(builder.build(project), observed);
}

/** The networks that nobody is on, and volumes if they were asked for. */
function removeResources(
  { builder, observed }: Removing,
  staying: readonly ObservedContainer[],
  { volumes, keep = new Set() }: DownOptions,
  reason: string,
  removed: readonly string[],
): void {
  const left = removeEndpointsOf({ builder, observed }, () => false, reason);
  for (const { name, own, owner = 'engine' } of observed.networks) {
    const used = staying.some(({ networks }) => networks.some(({ network }) => network === name));
    if (own && !used) builder.add('removeNetwork', name, { name, owner }, reason, [...removed, ...left]);
  }
  for (const { name, own } of volumes ? observed.volumes : []) {
    if (own && !keep.has(name)) builder.add('removeVolume', name, { name }, reason, removed);
  }
}
