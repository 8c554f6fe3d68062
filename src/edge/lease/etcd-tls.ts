import path from 'node:path';
import { HeddleError, isHeddleError } from '../../lib/errors.ts';
import { readBounded } from '../../lib/read-bounded.ts';

/** PEM: who etcd has to be of, and who one is to it. */
export interface EtcdTls {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const files: Readonly<Record<keyof EtcdTls, string>> = { ca: 'ca.crt', cert: 'cert.pem', key: 'key.pem' };

const limit = { bytes: 1 << 20 };

/** @throws HeddleError ERR_FILE_TOO_LARGE, ERR_EDGE_LEASE for a folder that lacks something */
export function readEtcdTls(folder: string): EtcdTls {
  const read = (part: keyof EtcdTls) => {
    try {
      return readBounded(path.join(folder, files[part]), limit).toString();
    } catch (cause) {
      if (isHeddleError(cause, 'ERR_FILE_TOO_LARGE')) throw cause;
      throw new HeddleError('ERR_EDGE_LEASE', `the certificate for etcd: ${(cause as Error).message}`, {
        cause,
        hint: `${folder} needs ${Object.values(files).join(', ')}`,
      });
    }
  };
  return { ca: read('ca'), cert: read('cert'), key: read('key') };
}
