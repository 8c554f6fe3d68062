import { HeddleError, isHeddleError } from '../../lib/errors.ts';
import { readBounded } from '../../lib/read-bounded.ts';

/** PEM: who etcd has to be of, and who one is to it. */
export interface EtcdTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

const limit = { bytes: 1 << 20 };

/**
 * What the files hold; without `ca`, etcd has to be of somebody whom the system trusts.
 * @throws HeddleError ERR_FILE_NOT_FOUND, ERR_FILE_TOO_LARGE
 */
export function readEtcdTls(files: EtcdTls): EtcdTls {
  return Object.fromEntries(Object.entries(files).map(([part, file]) => [part, read(file)]));
}

function read(file: string): string {
  try {
    return readBounded(file, limit).toString();
  } catch (cause) {
    if (isHeddleError(cause)) throw cause;
    throw new HeddleError('ERR_FILE_NOT_FOUND', `the certificate for etcd: ${(cause as Error).message}`, {
      cause,
    });
  }
}
