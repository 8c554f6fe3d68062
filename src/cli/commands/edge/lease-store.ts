import type { LeaseStore } from '../../../edge/lease/campaign.ts';
import { HeddleError } from '../../../lib/errors.ts';

interface LeaseOptions {
  readonly etcd: string | undefined;
  readonly etcdTls: string | undefined;
  readonly lease: string | undefined;
}

/** Of a Lease whose name is not said. */
const usualName = 'heddle-edge-controller';

/**
 * What says which of several controllers acts; nothing: the first at the broker does.
 * @throws HeddleError ERR_USAGE, ERR_KUBERNETES, ERR_EDGE_LEASE
 */
export async function leaseStore({ etcd, etcdTls, lease }: LeaseOptions): Promise<LeaseStore | undefined> {
  if (etcd !== undefined && lease !== undefined)
    throw new HeddleError('ERR_USAGE', '--etcd and --lease cannot be given together', {
      hint: 'one of them says which controller acts',
    });
  if (etcdTls !== undefined && etcd === undefined)
    throw new HeddleError('ERR_USAGE', '--etcd-tls says nothing without --etcd');
  if (etcd !== undefined) return etcdStore(etcd, etcdTls);
  return lease === undefined ? undefined : kubernetesStore(lease);
}

async function etcdStore(url: string, folder: string | undefined): Promise<LeaseStore> {
  const [{ EtcdStore }, { readEtcdTlsFolder }] = await Promise.all([
    import('../../../edge/lease/etcd.ts'),
    import('../../../edge/lease/etcd-tls.ts'),
  ]);
  if (folder === undefined) return new EtcdStore(url);
  readEtcdTlsFolder(folder);
  return new EtcdStore(url, () => readEtcdTlsFolder(folder));
}

async function kubernetesStore(text: string): Promise<LeaseStore> {
  const [{ KubernetesStore }, { LeaseClient }, { connectCluster }] = await Promise.all([
    import('../../../edge/lease/kubernetes.ts'),
    import('../../../edge/lease/kubernetes-client.ts'),
    import('../../../engines/kubernetes/connect.ts'),
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
