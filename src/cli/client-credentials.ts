import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ClientCredentials } from '../api/tls-transport.ts';
import { pemBlocks } from '../edge/ca/credentials.ts';
import { longestRevocations } from '../edge/ca/files.ts';
import { HeddleError } from '../lib/errors.ts';
import { readNamed } from '../lib/read-named.ts';

const limit = { bytes: longestRevocations };

/**
 * What a folder holds: `cert.pem` and `key.pem`, and the authority as `ca.crt`, where `heddle edge ca` writes it, or as `ca.pem`, where
 * Docker has it; `crl.pem`, if it is there.
 * @throws HeddleError ERR_USAGE where no folder is named; ERR_FILE_NOT_FOUND, ERR_FILE_TOO_LARGE
 */
export function clientCredentials(folder: string | undefined): ClientCredentials {
  if (!folder)
    throw new HeddleError('ERR_USAGE', 'a node at an address asks for a certificate', {
      hint: 'name the folder that it is in with --tls, or in HEDDLE_CERT_PATH',
    });
  const read = (name: string) => readNamed(path.join(folder, name), limit).toString();
  const isThere = (name: string) => existsSync(path.join(folder, name));
  return {
    ca: read(!isThere('ca.crt') && isThere('ca.pem') ? 'ca.pem' : 'ca.crt'),
    cert: read('cert.pem'),
    key: read('key.pem'),
    ...(isThere('crl.pem') && { crl: pemBlocks(read('crl.pem')) }),
  };
}
