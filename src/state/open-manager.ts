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
  const [{ EtcdManager }, { EtcdClient }, { readEtcdTls }, { Login, readPassword }] = await Promise.all([
    import('./etcd-manager.ts'),
    import('./etcd/client.ts'),
    import('./etcd/tls.ts'),
    import('./etcd/login.ts'),
  ]);
  const { endpoints, prefix, ca, cert, key, user, passwordFile } = where.etcd;
  const files = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
  const tls = Object.keys(files).length === 0 ? undefined : () => readEtcdTls(files);
  tls?.();
  const credentials =
    user === undefined || passwordFile === undefined
      ? undefined
      : () => ({ user, password: readPassword(passwordFile) });
  credentials?.();
  return new EtcdManager(new EtcdClient(endpoints, tls, credentials && new Login(credentials)), prefix);
}
