import { createHmac } from 'node:crypto';
import { HeddleError } from '../../lib/errors.ts';
import { readNamed } from '../../lib/read-named.ts';
import { type AccountKey, type SignedRequest, signedParts } from './account-key.ts';

/** Bytes that a key has at least: less is no secret (RFC 7518, 3.2, asks for 32 of HS256; some servers give 16). */
const leastBytes = 16;
/** A key has a hundred bytes; one that is made on the way, as in `--acme-eab-key <(command)`, has to be there at once. */
const limit = { bytes: 4096, pipe: 5000 };

/** An account that its owner has with whoever runs an ACME server, made elsewhere (RFC 8555, 7.3.4). */
export class ExternalAccount {
  readonly #id: string;
  readonly #key: Buffer;

  /**
   * @param id what the server calls the account
   * @param key the secret that was given with it, base64url as servers print it
   * @throws Error when it is no such key
   */
  constructor(id: string, key: string) {
    this.#id = id;
    if (!/^[\w-]+={0,2}$/.test(key)) throw new Error('it is no key in base64url');
    this.#key = Buffer.from(key, 'base64url');
    if (this.#key.length < leastBytes) throw new Error(`it is shorter than ${leastBytes} bytes`);
  }

  /**
   * @param file with the key alone
   * @throws HeddleError ERR_FILE_NOT_FOUND, ERR_FILE_TOO_LARGE, ERR_USAGE when it holds no key
   */
  static read(id: string, file: string): ExternalAccount {
    const text = readNamed(file, limit).toString().trim();
    try {
      return new ExternalAccount(id, text);
    } catch (cause) {
      throw new HeddleError('ERR_USAGE', `${file}: ${(cause as Error).message}`, {
        hint: 'the file holds the key of the account as the ACME server gave it, and nothing else',
        cause,
      });
    }
  }

  /** Says to the server at `url`, its newAccount, that `account` belongs to this one. */
  bind(account: AccountKey, url: string): SignedRequest {
    const parts = signedParts({ alg: 'HS256', kid: this.#id, url }, account.jwk);
    const signature = createHmac('sha256', this.#key).update(`${parts.protected}.${parts.payload}`);
    return { ...parts, signature: signature.digest('base64url') };
  }
}
