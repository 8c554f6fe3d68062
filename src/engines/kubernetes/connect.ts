import { didYouMean } from '../../lib/did-you-mean.ts';
import { HeddleError } from '../../lib/errors.ts';
import { Access } from './access/access.ts';
import { readKubeconfig } from './access/kubeconfig.ts';
import type { Environment } from './access/kubeconfig-schema.ts';
import { Cluster, type Timeouts } from './cluster.ts';

/**
 * A cluster by a context of the kubeconfig that KUBECONFIG names, `~/.kube/config` if none; in a pod, of its service account.
 * @throws HeddleError ERR_KUBERNETES
 */
export async function connectCluster(
  context: string,
  environment: Environment = process.env,
  timeouts?: Timeouts,
): Promise<Cluster> {
  // Eight hundred classes, which only who has a cluster needs.
  const library = await import('@kubernetes/client-node');
  const { contexts, clusters, users } = readKubeconfig(environment);
  const fail = (reason: string, hint?: string) => new HeddleError('ERR_KUBERNETES', reason, { hint });
  const found = contexts.get(context);
  if (!found) {
    const names = [...contexts.keys()];
    throw fail(
      `the kubeconfig has no context "${context}"; it has: ${names.join(', ') || 'none'}`,
      didYouMean(context, names),
    );
  }
  const cluster = clusters.get(found.cluster ?? '');
  if (!cluster)
    throw fail(
      `the context "${context}" names the cluster "${found.cluster}", which the kubeconfig does not have`,
    );
  if (!/^https?:\/\/[^/]/.test(cluster.server ?? ''))
    throw fail(
      `the cluster "${found.cluster}" of the kubeconfig has the server "${cluster.server ?? ''}": expected https://HOST:PORT`,
    );
  const user = found.user ? users.get(found.user) : {};
  if (!user)
    throw fail(`the context "${context}" names the user "${found.user}", which the kubeconfig does not have`);
  const access = new Access(library, cluster, user, found.user ?? '');
  return new Cluster(context, access, found.namespace || undefined, timeouts);
}
