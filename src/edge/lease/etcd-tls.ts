import path from 'node:path';
import { HeddleError, isHeddleError } from '../../lib/errors.ts';
import { type EtcdTls, readEtcdTls } from '../../state/etcd/tls.ts';

const files: Readonly<Required<EtcdTls>> = { ca: 'ca.crt', cert: 'cert.pem', key: 'key.pem' };

/** @throws HeddleError ERR_FILE_TOO_LARGE, ERR_EDGE_LEASE for a folder that lacks something */
export function readEtcdTlsFolder(folder: string): EtcdTls {
  try {
    const within = Object.entries(files).map(([part, name]) => [part, path.join(folder, name)]);
    return readEtcdTls(Object.fromEntries(within));
  } catch (cause) {
    if (isHeddleError(cause, 'ERR_FILE_TOO_LARGE')) throw cause;
    throw new HeddleError('ERR_EDGE_LEASE', (cause as Error).message, {
      cause,
      hint: `${folder} needs ${Object.values(files).join(', ')}`,
    });
  }
}
