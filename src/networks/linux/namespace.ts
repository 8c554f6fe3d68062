import { statfsSync, statSync } from 'node:fs';
import { HeddleError } from '../../lib/errors.ts';

/** Of the file system that namespaces are files of (include/uapi/linux/magic.h, NSFS_MAGIC). */
const nsfs = 0x6e736673;

/**
 * Refuses a path that is of no network namespace, of another than the one that was meant (`inode`), or of the host’s own,
 * where an endpoint’s interface has nothing to do.
 * @throws HeddleError ERR_NAMESPACE
 */
export function checkNamespace(path: string, inode?: number): void {
  const refused = (why: string, cause?: unknown) =>
    new HeddleError('ERR_NAMESPACE', `${path}: ${why}`, { cause });
  let found: number;
  try {
    if (statfsSync(path).type !== nsfs) throw refused('it is no namespace');
    found = statSync(path).ino;
  } catch (error) {
    if (error instanceof HeddleError) throw error;
    throw refused('the namespace is not there', error);
  }
  if (inode !== undefined && found !== inode) throw refused('it is another namespace by now');
  if (found === statSync('/proc/self/ns/net').ino) throw refused('it is the host’s own namespace');
}
