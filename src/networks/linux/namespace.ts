import { readlinkSync, statfsSync, statSync } from 'node:fs';
import { HeddleError } from '../../lib/errors.ts';

/** Of the file system that namespaces are files of (include/uapi/linux/magic.h, NSFS_MAGIC). */
const nsfs = 0x6e736673;

/** Of a namespace by its path: what will be found there later may be another. @throws HeddleError ERR_NAMESPACE */
export function inodeOf(path: string): number {
  let found: number;
  try {
    if (statfsSync(path).type !== nsfs) throw refused(path, 'it is no namespace');
    found = statSync(path).ino;
  } catch (error) {
    if (error instanceof HeddleError) throw error;
    throw refused(path, 'the namespace is not there', error);
  }
  const kind = kindOf(path);
  if (kind !== undefined && kind !== 'net') throw refused(path, `it is a namespace of another kind: ${kind}`);
  return found;
}

/** As links under /proc/PID/ns say it (namespaces(7)); a file that is mounted over does not, and the kernel refuses it later. */
function kindOf(path: string): string | undefined {
  try {
    return /^(\w+):\[\d+\]$/.exec(readlinkSync(path))?.[1];
  } catch {
    return undefined;
  }
}

/**
 * Refuses a path that is of no network namespace, of another than the one that was meant (`inode`), or of the host’s own,
 * where an endpoint’s interface has nothing to do.
 * @throws HeddleError ERR_NAMESPACE
 */
export function checkNamespace(path: string, inode?: number): void {
  const found = inodeOf(path);
  if (inode !== undefined && found !== inode) throw refused(path, 'it is another namespace by now');
  if (found === statSync('/proc/self/ns/net').ino) throw refused(path, 'it is the host’s own namespace');
}

function refused(path: string, why: string, cause?: unknown): HeddleError {
  return new HeddleError('ERR_NAMESPACE', `${path}: ${why}`, { cause });
}
