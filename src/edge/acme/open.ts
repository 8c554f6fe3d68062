import path from 'node:path';
import { HeddleError } from '../../lib/errors.ts';
import { contentHash } from '../../lib/hash.ts';
import type { Log } from '../../lib/log.ts';
import { readNamed } from '../../lib/read-named.ts';
import { Challenges } from './challenges.ts';
import { AcmeClient } from './client.ts';
import { ExternalAccount } from './external-account.ts';
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
  /** An account made elsewhere that the one at the server belongs to, and the file with its key. */
  readonly external?: { readonly id: string; readonly keyFile: string } | undefined;
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
  const external = options.external && ExternalAccount.read(options.external.id, options.external.keyFile);
  const own = `${new URL(directory).hostname}-${contentHash(directory).slice(0, 8)}`;
  const store = new AcmeStore(path.join(folder, own));
  const challenges = new Challenges();
  const abort = new AbortController();
  const { signal } = abort;
  const https = new Https(ca === undefined ? undefined : readRoots(ca), signal);
  const offer = challenges.offer.bind(challenges);
  const key = store.accountKey();
  const client = new AcmeClient({ directory, key, email, acceptsTerms, external, https, signal, offer });
  const only = names.map((name) => name.toLowerCase().replace(/\.$/, ''));
  return new AcmeKeeper({ client, store, challenges, only, log, abort });
}

function readRoots(file: string): string {
  const text = readNamed(file, { bytes: 1 << 20 }).toString();
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw new HeddleError('ERR_FILE_NOT_FOUND', `${file}: it holds no certificate (PEM)`);
}
