import type { ObservedContainer } from '../../engines/observed.ts';
import { isOneOff, label } from '../../lib/labels.ts';
import { podOf } from '../observed.ts';
import type { Planning } from './planning.ts';

/**
 * The containers that `up` removes: of replicas and features that the file had and has no longer. What belongs to a
 * service that the file does not have is another's for all that is known, and stays until it is asked for.
 */
export function surplusOf(planning: Planning): ObservedContainer[] {
  const { observed, options, pods, spec } = planning;
  const { only = new Set(spec.pods.flatMap(({ service }) => service ?? [])), isOrphan, whole } = options;
  const known = new Set(spec.pods.map(({ service }) => service));
  const areLeft = observed.containers.some(({ labels }) => {
    const service = labels[label.service];
    return service !== undefined && !known.has(service) && isOrphan?.(service) !== true;
  });
  return observed.containers.filter((container) => {
    const service = container.labels[label.service];
    if (isOneOff(container.labels)) return isOrphan !== undefined && container.state !== 'running';
    if (pods.has(podOf(container))) return false;
    // What has no service gathers for those that have one.
    if (service === undefined) return whole !== false && !areLeft;
    return only.has(service) || isOrphan?.(service) === true;
  });
}

/** The containers of services that are not in the file, by service; without those that `run` made. */
export function orphansOf(
  containers: readonly ObservedContainer[],
  inFile: ReadonlySet<string>,
): Map<string, string[]> {
  const orphans = new Map<string, string[]>();
  for (const { labels, name } of containers) {
    const service = labels[label.service];
    if (service === undefined || labels[label.role] !== 'application') continue;
    if (inFile.has(service) || isOneOff(labels)) continue;
    orphans.set(service, [...(orphans.get(service) ?? []), name].sort());
  }
  return orphans;
}
