import type { FeatureHost } from '../../features/feature.ts';
import { readTop } from '../../features/flows/reader/top.ts';
import type { DeploymentSpec } from '../../selector/spec.ts';

/**
 * Bytes that ranks of a job sent to each other, by the flows that probes beside them saw; nothing where there are none, or where other
 * nodes have ranks: what those send to each other is not seen here.
 * @param since milliseconds since 1970
 */
export async function exchangedBytes(
  host: FeatureHost,
  spec: DeploymentSpec,
  service: string,
  since: number,
): Promise<number | undefined> {
  const isWatched = spec.features.some((one) => one.feature === 'flows' && one.service === service);
  const isElsewhere = spec.elsewhere?.some((pod) => pod.service === service);
  if (!isWatched || isElsewhere) return undefined;
  const query = { since, services: [service], by: 'bytes' } as const;
  const rows = await readTop(host.engine, spec, query, host.assignments(spec.project, since));
  return rows.find(({ source, destination }) => source === service && destination === service)?.bytes ?? 0;
}
