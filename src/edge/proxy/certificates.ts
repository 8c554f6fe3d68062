import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { HeddleError } from '../../lib/errors.ts';
import { contentHash } from '../../lib/hash.ts';
import { validityOf } from '../validity.ts';
import type { CertificateSource } from './certificate-source.ts';
import type { Certificate } from './driver.ts';

/** Certificates that somebody else puts into a folder, and exchanges there. */
export function certificateFolder(folder: string): CertificateSource {
  return { read: () => readCertificates(folder) };
}

/**
 * The certificates of a folder: each `*.pem` holds one with what leads to its authority, and its key.
 * @throws HeddleError ERR_EDGE_CERTIFICATE
 */
export function readCertificates(folder: string): Certificate[] {
  const names = inFolder(folder).filter((name) => name.endsWith('.pem'));
  if (names.length === 0) throw wrong(`${folder} has no certificate`);
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
    const pem = readFileSync(file);
    const certificate = new X509Certificate(pem);
    if (!certificate.checkPrivateKey(createPrivateKey(pem))) throw new Error('its key is another’s');
    const { from, until } = validityOf(file, certificate);
    const names = namesOf(certificate.subjectAltName ?? '');
    return { file, names, hash: contentHash(pem), from, until };
  } catch (cause) {
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
