import type { StateSettings } from './settings.ts';
import type { StateManager } from './state-manager.ts';

/**
 * The state of this node, in a file, or the one that it shares. Of one that is shared, nobody need be there yet.
 * @param where a path, or settings
 * @throws HeddleError ERR_NODE_RUNNING, ERR_STATE, ERR_STATE_NEWER, ERR_DISK_FULL of a file; ERR_USAGE, ERR_FILE_NOT_FOUND and
 *   ERR_FILE_TOO_LARGE of settings
 */
export async function openStateManager(where: string | StateSettings): Promise<StateManager> {
  if (typeof where === 'string') {
    const { openSqliteManager } = await import('./sqlite-manager.ts');
    return openSqliteManager(where);
  }
  const [{ EtcdManager }, { EtcdClient }, { readEtcdTls }] = await Promise.all([
    import('./etcd-manager.ts'),
    import('./etcd/client.ts'),
    import('./etcd/tls.ts'),
  ]);
  const { endpoints, prefix, ca, cert, key } = where.etcd;
  const files = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
  if (Object.keys(files).length === 0) return new EtcdManager(new EtcdClient(endpoints), prefix);
  readEtcdTls(files);
  return new EtcdManager(new EtcdClient(endpoints, () => readEtcdTls(files)), prefix);
}
