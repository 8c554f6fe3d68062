import path from 'node:path';
import { HeddleError, isHeddleError } from '../../lib/errors.ts';
import { contentHash } from '../../lib/hash.ts';
import type { Log } from '../../lib/log.ts';
import { readBounded } from '../../lib/read-bounded.ts';
import { Challenges } from './challenges.ts';
import { AcmeClient } from './client.ts';
import { Https } from './https.ts';
import { AcmeKeeper } from './keeper.ts';
import { AcmeStore } from './store.ts';

export interface AcmeOptions {
  /** URL of the server's directory. */
  readonly directory: string;
  /** File with the only roots that the server is trusted by; nothing: those that everybody trusts. */
  readonly ca?: string | undefined;
  readonly email?: string | undefined;
  readonly names: readonly string[];
  readonly acceptsTerms: boolean;
  /** Folder for keys and certificates; each server has one of its own in it. */
  readonly folder: string;
  readonly log: Log;
}

/**
 * Certificates of an ACME server. It need not be there yet.
 * @throws HeddleError ERR_USAGE, ERR_FILE_NOT_FOUND, ERR_FILE_TOO_LARGE, ERR_STATE
 */
export function openAcme(options: AcmeOptions): AcmeKeeper {
  const { directory, ca, email, names, acceptsTerms, folder, log } = options;
  if (!URL.canParse(directory) || new URL(directory).protocol !== 'https:')
    throw new HeddleError('ERR_USAGE', `"${directory}" is not the URL of an ACME server’s directory`, {
      hint: 'as in https://ca.example.org/acme/directory',
    });
  const own = `${new URL(directory).hostname}-${contentHash(directory).slice(0, 8)}`;
  const store = new AcmeStore(path.join(folder, own));
  const challenges = new Challenges();
  const abort = new AbortController();
  const { signal } = abort;
  const https = new Https(ca === undefined ? undefined : readRoots(ca), signal);
  const offer = challenges.offer.bind(challenges);
  const key = store.accountKey();
  const client = new AcmeClient({ directory, key, email, acceptsTerms, https, signal, offer });
  const only = names.map((name) => name.toLowerCase().replace(/\.$/, ''));
  return new AcmeKeeper({ client, store, challenges, only, log, abort });
}

function readRoots(file: string): string {
  try {
    const text = readBounded(file, { bytes: 1 << 20 }).toString();
    if (!text.includes('-----BEGIN CERTIFICATE-----')) throw new Error('it holds no certificate (PEM)');
    return text;
  } catch (cause) {
    if (isHeddleError(cause)) throw cause;
    throw new HeddleError('ERR_FILE_NOT_FOUND', `${file}: ${(cause as Error).message}`, { cause });
  }
}
