import { X509Certificate } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';
import { isPair, pemBlocks } from '../edge/ca/credentials.ts';
import { readText } from '../edge/ca/files.ts';
import { HeddleError } from '../lib/errors.ts';

/** Files, PEM. */
export interface CredentialFiles {
  readonly cert: string;
  readonly key: string;
  /** Whose certificates are believed. */
  readonly ca: string;
  /** Which of those are revoked. */
  readonly crl?: string | undefined;
}

/** What the files hold. */
export type ServerCredentials = CredentialFiles;

/** RFC 5280, 4.2.1.12. */
const serverAuthentication = '1.3.6.1.5.5.7.3.1';

/** @throws HeddleError ERR_EDGE_CA where one cannot be read, ERR_FILE_TOO_LARGE, ERR_EDGE_CA for what cannot serve */
export function readServerCredentials(files: CredentialFiles): ServerCredentials {
  const { crl } = files;
  const read = {
    cert: readText(files.cert),
    key: readText(files.key),
    ca: readText(files.ca),
    ...(crl !== undefined && { crl: readText(crl) }),
  };
  // One of the two may have been replaced already.
  if (!isPair({ certificate: read.cert, key: read.key }))
    throw new HeddleError('ERR_EDGE_CA', `${files.key} is not the key of ${files.cert}`);
  const usages: readonly string[] | undefined = new X509Certificate(read.cert).keyUsage;
  if (usages?.includes(serverAuthentication) === false)
    throw new HeddleError('ERR_EDGE_CA', `${files.cert} names no host that clients could know`, {
      hint: '`heddle edge ca issue api:NODE --host ADDRESS --out FOLDER` makes one that does',
    });
  if (pemBlocks(read.ca).length === 0)
    throw new HeddleError('ERR_EDGE_CA', `${files.ca} holds no certificate of an authority`);
  return read;
}

export function secureContext({ cert, key, ca, crl }: ServerCredentials): SecureContextOptions {
  return { cert, key, ca, ...(crl !== undefined && { crl: pemBlocks(crl) }), minVersion: 'TLSv1.3' };
}
