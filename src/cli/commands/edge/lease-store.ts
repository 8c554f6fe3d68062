import type { LeaseStore } from '../../../edge/lease/campaign.ts';
import { HeddleError } from '../../../lib/errors.ts';

interface LeaseOptions {
  readonly etcd: string | undefined;
  readonly lease: string | undefined;
}

/** Of a Lease whose name is not said. */
const usualName = 'heddle-edge-controller';

/**
 * What says which of several controllers acts; nothing: the first at the broker does.
 * @throws HeddleError ERR_USAGE, ERR_KUBERNETES
 */
export async function leaseStore({ etcd, lease }: LeaseOptions): Promise<LeaseStore | undefined> {
  if (etcd !== undefined && lease !== undefined)
    throw new HeddleError('ERR_USAGE', '--etcd and --lease cannot be given together', {
      hint: 'one of them says which controller acts',
    });
  if (etcd !== undefined) return etcdStore(etcd);
  return lease === undefined ? undefined : kubernetesStore(lease);
}

async function etcdStore(url: string): Promise<LeaseStore> {
  const [{ EtcdStore }, { EtcdClient }] = await Promise.all([
    import('../../../edge/lease/etcd.ts'),
    import('../../../edge/lease/etcd-client.ts'),
  ]);
  return new EtcdStore(new EtcdClient(url));
}

async function kubernetesStore(text: string): Promise<LeaseStore> {
  const [{ KubernetesStore }, { LeaseClient }, { connectCluster }] = await Promise.all([
    import('../../../edge/lease/kubernetes.ts'),
    import('../../../edge/lease/kubernetes-client.ts'),
    import('../../../engines/kubernetes/cluster.ts'),
  ]);
  const { context, namespace, name } = readLease(text);
  const cluster = await connectCluster(context);
  return new KubernetesStore(new LeaseClient(cluster, namespace ?? cluster.namespace, name));
}

/** What stands before a `=` is a namespace, and a name, if it can be: names of contexts may hold anything. */
function readLease(text: string) {
  const parts =
    /^(?<namespace>[a-z0-9][a-z0-9-]{0,62})(?:\/(?<name>[a-z0-9][a-z0-9.-]{0,252}))?=(?<context>.+)$/.exec(
      text,
    )?.groups;
  return {
    namespace: parts?.['namespace'],
    name: parts?.['name'] ?? usualName,
    context: parts?.['context'] ?? text,
  };
}
