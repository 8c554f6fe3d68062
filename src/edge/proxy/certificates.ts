import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { HeddleError, isHeddleError } from '../../lib/errors.ts';
import { contentHash } from '../../lib/hash.ts';
import { readBounded } from '../../lib/read-bounded.ts';
import { validityOf } from '../model/validity.ts';
import type { CertificateSource } from './certificate-source.ts';
import type { Certificate } from './driver.ts';

/** Bytes of a file: a certificate with what leads to its authority, and a key, have some thousand. */
const limit = { bytes: 256 << 10 };
/** Of a folder, which is looked at every few seconds, and read by the proxy program at every reload. */
const certificatesAtMost = 4096;

/** Certificates that somebody else puts into a folder, and exchanges there. */
export function certificateFolder(folder: string): CertificateSource {
  return { read: () => readCertificates(folder) };
}

/**
 * The certificates of a folder: each `*.pem` holds one with what leads to its authority, and its key.
 * @throws HeddleError ERR_EDGE_CERTIFICATE, ERR_FILE_TOO_LARGE
 */
export function readCertificates(folder: string): Certificate[] {
  const names = inFolder(folder).filter((name) => name.endsWith('.pem'));
  if (names.length === 0) throw wrong(`${folder} has no certificate`);
  if (names.length > certificatesAtMost)
    throw wrong(`${folder} has ${names.length} certificates; ${certificatesAtMost} are taken at most`);
  return names.sort().map((name) => readCertificate(path.resolve(folder, name)));
}

function inFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    throw wrong(`${folder} cannot be read: ${(cause as Error).message}`, cause);
  }
}

/** @throws HeddleError ERR_EDGE_CERTIFICATE */
export function readCertificate(file: string): Certificate {
  try {
    const pem = readBounded(file, limit);
    const certificate = new X509Certificate(pem);
    if (!certificate.checkPrivateKey(createPrivateKey(pem))) throw new Error('its key is another’s');
    const { from, until } = validityOf(file, certificate);
    const names = namesOf(certificate.subjectAltName ?? '');
    return { file, names, hash: contentHash(pem), from, until };
  } catch (cause) {
    if (isHeddleError(cause, 'ERR_FILE_TOO_LARGE')) throw cause;
    throw wrong(`${file}: ${(cause as Error).message}`, cause);
  }
}

/** `DNS:web.edge.internal, DNS:*.edge.internal, IP Address:10.1.0.1`. */
function namesOf(subjectAltName: string): string[] {
  return [...subjectAltName.matchAll(/DNS:([^,\s"]+)/g)].map(([, name]) => (name as string).toLowerCase());
}

function wrong(message: string, cause?: unknown): HeddleError {
  return new HeddleError('ERR_EDGE_CERTIFICATE', message, { cause });
}
