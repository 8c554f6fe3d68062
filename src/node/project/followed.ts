import type { Service } from '../../descriptor/application.ts';
import { replicaPods } from '../../selector/replica-pods.ts';
import type { DeploymentSpec } from '../../selector/spec.ts';

/**
 * How many replicas services have, over what the file says: those of `now`, and of services that follow metrics as many as were
 * wanted before, within the bounds of the file. Pure.
 */
export function followedReplicas(
  services: Readonly<Record<string, Pick<Service, 'scaling'>>>,
  before: DeploymentSpec | undefined,
  now: Readonly<Record<string, number>> = {},
): Record<string, number> {
  const kept = { ...now };
  for (const [name, { scaling }] of Object.entries(services)) {
    if (!scaling) continue;
    // What is not there begins as its file says.
    delete kept[name];
    const wanted = before && replicaPods(before, name).length;
    if (wanted && before.scaling?.some(({ service }) => service === name))
      kept[name] = Math.min(Math.max(wanted, scaling.min), scaling.max);
  }
  return kept;
}
