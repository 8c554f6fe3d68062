import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Log } from '../../lib/log.ts';
import { replaceFile } from '../../lib/replace-file.ts';
import { expectSubject, readCredentials } from '../ca/credentials.ts';
import { readText } from '../ca/files.ts';
import type { BrokerAddress } from '../delivery/dial.ts';
import { Trust } from '../delivery/trust.ts';
import { type Validity, validityOf } from '../model/validity.ts';
import { watchText } from '../sources/watch.ts';
import type { Feed, Sink } from './feed.ts';
import { Inbox } from './inbox.ts';
import { Link } from './link.ts';

export interface BrokerFeedOptions {
  /** Whose certificate it is, and whose view. */
  readonly subject: string;
  /** Whose view it has to be; not given: of any site. */
  readonly site?: string;
  readonly brokers: readonly BrokerAddress[];
  /** Folder with the certificate. */
  readonly tls: string;
  /** Folder where revocations are kept that came from the controller. */
  readonly state: string;
  readonly log: Log;
}

/**
 * A view from its controller, through a broker.
 * @throws HeddleError ERR_EDGE_CA
 */
export async function brokerFeed(options: BrokerFeedOptions): Promise<Feed> {
  const { subject, site, tls, state, log } = options;
  let shown: Validity | undefined;
  const credentials = () => {
    const read = readCredentials(tls);
    expectSubject(read, subject, tls);
    shown = validityOf(subject, new X509Certificate(read.certificate));
    return read;
  };
  const { authorities, revocations } = credentials();
  const trust = new Trust(authorities);
  const file = path.join(state, 'revocations.pem');
  const revoke = async (own: string) => {
    for (const lists of [own, ...(existsSync(file) ? [readText(file)] : [])]) await trust.revoke(lists);
  };
  await revoke(revocations);
  const revoked = (lists: string) => {
    log.info({}, 'revocation list updated by the controller');
    try {
      mkdirSync(state, { recursive: true, mode: 0o700 });
      replaceFile(file, lists, 0o600);
    } catch (error) {
      log.error(
        { problem: (error as Error).message },
        'revocation list cannot be written; it is lost with a restart',
      );
    }
  };
  let link: Link | undefined;
  const reread = () => {
    const now = credentials();
    if (!trust.believe(now.authorities)) return;
    log.info({}, 'trusted certificate authorities changed');
    // What they revoked, and what they signed, may have come before they were known.
    revoke(now.revocations)
      .catch((error) => log.error({ problem: error.message }, 'revocation list (crl.pem) cannot be read'))
      .finally(() => link?.askAgain());
  };
  let endWatch: (() => void) | undefined;
  return {
    start({ store, receive, converged, peers, cutOff }: Sink) {
      const inbox = new Inbox({
        subject,
        ...(site !== undefined && { site }),
        trust,
        store,
        apply: receive,
        converged,
        peers,
        revoked,
      });
      link = new Link({ ...options, credentials, inbox, cutOff });
      endWatch = watchText(path.join(tls, 'ca.crt'), reread, (error) =>
        log.error({ problem: error.message }, 'ca.crt is invalid; the trusted authorities stay as they were'),
      );
    },
    measured: (report) => link?.measured(report),
    certificate: () => {
      try {
        credentials();
      } catch {
        // It is being exchanged, or was not put there whole: the one that is shown is the one before.
      }
      return shown;
    },
    close: async () => {
      endWatch?.();
      await link?.close();
    },
  };
}
