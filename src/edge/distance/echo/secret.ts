import { readFileSync } from 'node:fs';
import { HeddleError } from '../../../lib/errors.ts';

/** Bytes: fewer can be guessed. */
const fewest = 16;

/**
 * Reads the secret that the gateways of an edge without a controller share.
 * @throws HeddleError ERR_FILE_NOT_FOUND, ERR_USAGE when it is too short
 */
export function readSecret(file: string): Buffer {
  let secret: Buffer;
  try {
    secret = readFileSync(file);
  } catch (cause) {
    throw new HeddleError('ERR_FILE_NOT_FOUND', `${file}: ${(cause as Error).message}`, { cause });
  }
  if (secret.length >= fewest) return secret;
  throw new HeddleError('ERR_USAGE', `${file}: a secret has at least ${fewest} bytes`, {
    hint: 'make one with: openssl rand -base64 32',
  });
}
