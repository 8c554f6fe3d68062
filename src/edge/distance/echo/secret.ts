import { HeddleError } from '../../../lib/errors.ts';
import { readNamed } from '../../../lib/read-named.ts';

/** Bytes: fewer can be guessed. */
const fewest = 16;
const limit = { bytes: 64 << 10, pipe: 5000 };

/**
 * Reads the secret that the gateways of an edge without a controller share.
 * @throws HeddleError ERR_FILE_NOT_FOUND, ERR_FILE_TOO_LARGE, ERR_USAGE when it is too short
 */
export function readSecret(file: string): Buffer {
  const secret = readNamed(file, limit);
  if (secret.length >= fewest) return secret;
  throw new HeddleError('ERR_USAGE', `${file}: a secret has at least ${fewest} bytes`, {
    hint: 'make one with: openssl rand -base64 32',
  });
}
