import { HeddleError } from '../../lib/errors.ts';
import { readNamed } from '../../lib/read-named.ts';
import { wireName } from '../dns/wire.ts';

/** Those that other servers have as well (RFC 8945, 6). */
const algorithms = ['hmac-sha256', 'hmac-sha384', 'hmac-sha512'];

/** A key has a hundred bytes; one that is made on the way, as in `--tsig-key <(command)`, has to be there at once. */
const limit = { bytes: 64 << 10, pipe: 5000 };

/** A secret that this gateway shares with a DNS server, and the name that both know it by. */
export interface TsigKey {
  readonly name: string;
  readonly algorithm: string;
  readonly secret: Buffer;
}

/**
 * Reads a key as `tsig-keygen` prints it: `key "NAME" { algorithm hmac-sha256; secret "BASE64"; };`.
 * @throws HeddleError ERR_FILE_NOT_FOUND, ERR_FILE_TOO_LARGE, ERR_EDGE_UPDATE when it is no such key
 */
export function readKey(file: string): TsigKey {
  return parseKey(readNamed(file, limit).toString(), file);
}

/** @throws HeddleError ERR_EDGE_UPDATE */
export function parseKey(text: string, file: string): TsigKey {
  const plain = text.replace(/\/\*.*?\*\//gs, '').replace(/^\s*(#|\/\/).*$/gm, '');
  const [, name, body] = /\bkey\s+"?([^\s"{]+)"?\s*\{([^}]*)\}/.exec(plain) ?? [];
  const [, algorithm] = /\balgorithm\s+"?([\w.-]+)"?\s*;/.exec(body ?? '') ?? [];
  const [, secret] = /\bsecret\s+"?([A-Za-z0-9+/=]+)"?\s*;/.exec(body ?? '') ?? [];
  if (name === undefined || algorithm === undefined || secret === undefined) throw wrong(file, 'is no key');
  const known = algorithm.toLowerCase().replace(/\.$/, '');
  if (!algorithms.includes(known))
    throw wrong(file, `has a key for ${algorithm}; possible are ${algorithms.join(', ')}`);
  if (wireName(name) === undefined) throw wrong(file, `has a key whose name is too long: ${name}`);
  return { name, algorithm: known, secret: Buffer.from(secret, 'base64') };
}

function wrong(file: string, what: string): HeddleError {
  return new HeddleError('ERR_EDGE_UPDATE', `${file} ${what}`, {
    hint: 'make one with: tsig-keygen -a hmac-sha256 NAME',
  });
}
