import { randomBytes, X509Certificate } from 'node:crypto';
import path from 'node:path';
import { HeddleError } from '../../lib/errors.ts';
import { type KeyPair, makeCertificate, makeRevocations, makeRoot } from '../../lib/x509.ts';
import { ensurePrivateFolder, exists, readJson, readText, writePrivate, writePublic } from './files.ts';
import { checkSubject } from './subjects.ts';

/** A certificate that was issued. Times in milliseconds since 1970. */
export interface Issued {
  readonly serial: string;
  readonly subject: string;
  readonly hosts: readonly string[];
  /** The number of the root that signed it. */
  readonly root: number;
  readonly until: number;
  readonly revoked?: number;
}

/** What somebody needs to prove who he is, all PEM. `authorities` and `revocations` are those to judge others by. */
export interface Credentials extends KeyPair {
  readonly authorities: string;
  readonly revocations: string;
}

interface Ledger {
  /** Roots that are trusted, oldest first; the last one signs. */
  readonly roots: readonly number[];
  readonly issued: readonly Issued[];
}

const ledgerFile = 'ledger.json';

/** The certificate authority of one edge: a folder that whoever owns may make, renew and revoke certificates. */
export class Authority {
  readonly #folder: string;
  #ledger: Ledger;

  private constructor(folder: string, ledger: Ledger) {
    this.#folder = folder;
    this.#ledger = ledger;
  }

  /** @throws HeddleError ERR_EDGE_CA when there is one already */
  static async create(folder: string, now = Date.now()): Promise<Authority> {
    if (exists(path.join(folder, ledgerFile))) {
      throw new HeddleError('ERR_EDGE_CA', `${folder} has an authority already`, {
        hint: '`heddle edge ca rotate` gives it a new root',
      });
    }
    ensurePrivateFolder(folder);
    const authority = new Authority(folder, { roots: [], issued: [] });
    await authority.addRoot(now);
    return authority;
  }

  /** @throws HeddleError ERR_EDGE_CA when there is none, or it cannot be read */
  static open(folder: string): Authority {
    const file = path.join(folder, ledgerFile);
    if (!exists(file)) {
      throw new HeddleError('ERR_EDGE_CA', `${folder} has no authority`, {
        hint: '`heddle edge ca init` makes one',
      });
    }
    return new Authority(folder, readJson<Ledger>(file));
  }

  get issued(): readonly Issued[] {
    return this.#ledger.issued;
  }

  /** A new root signs from now on; what older ones signed holds until they are dropped. */
  async addRoot(now = Date.now()): Promise<void> {
    const number = (this.#ledger.roots.at(-1) ?? 0) + 1;
    // No two authorities have a root of one name: a list of revocations names its root by that.
    const root = await makeRoot(`heddle edge ${number} ${randomBytes(4).toString('hex')}`, now);
    writePrivate(this.#path(`root-${number}.key`), root.key);
    writePublic(this.#path(`root-${number}.crt`), root.certificate);
    await this.#keep({ ...this.#ledger, roots: [...this.#ledger.roots, number] }, now);
  }

  /** Only the newest root is trusted from now on. */
  async dropOldRoots(now = Date.now()): Promise<void> {
    await this.#keep({ ...this.#ledger, roots: this.#ledger.roots.slice(-1) }, now);
  }

  /** @throws HeddleError ERR_USAGE for a subject that is none */
  async issue(
    subject: string,
    hosts: readonly string[],
    days: number,
    now = Date.now(),
  ): Promise<Credentials> {
    checkSubject(subject, hosts);
    const number = this.#ledger.roots.at(-1) ?? 0;
    const pair = await makeCertificate(this.#root(number), { commonName: subject, hosts, days }, now);
    const { serialNumber, validTo } = new X509Certificate(pair.certificate);
    const issued = { serial: serialNumber, subject, hosts, root: number, until: Date.parse(validTo) };
    await this.#keep({ ...this.#ledger, issued: [...this.#ledger.issued, issued] }, now);
    return {
      ...pair,
      authorities: readText(this.#path('ca.crt')),
      revocations: readText(this.#path('crl.pem')),
    };
  }

  /**
   * Another certificate, with a new key, for who has one; the older ones hold until they are revoked.
   * @throws HeddleError ERR_EDGE_CA when nobody of that name has one
   */
  async renew(subject: string, days: number, now = Date.now()): Promise<Credentials> {
    return this.issue(subject, this.#latest(subject).hosts, days, now);
  }

  /**
   * Revokes what a subject has, or all but the newest of it.
   * @returns how many certificates
   * @throws HeddleError ERR_EDGE_CA when nobody of that name has one
   */
  async revoke(subject: string, keepNewest: boolean, now = Date.now()): Promise<number> {
    const newest = this.#latest(subject);
    const isMeant = (one: Issued) =>
      one.subject === subject && one.revoked === undefined && !(keepNewest && one === newest);
    const count = this.#ledger.issued.filter(isMeant).length;
    const issued = this.#ledger.issued.map((one) => (isMeant(one) ? { ...one, revoked: now } : one));
    await this.#keep({ ...this.#ledger, issued }, now);
    return count;
  }

  #latest(subject: string): Issued {
    const found = this.#ledger.issued.findLast((one) => one.subject === subject);
    if (found) return found;
    throw new HeddleError('ERR_EDGE_CA', `no certificate was issued for "${subject}"`, {
      hint: '`heddle edge ca list` shows those that were',
    });
  }

  #root(number: number): KeyPair {
    return {
      certificate: readText(this.#path(`root-${number}.crt`)),
      key: readText(this.#path(`root-${number}.key`)),
    };
  }

  /** Writes what others need first and the ledger last: a run that was cut off is repeated as if it had not been. */
  async #keep(ledger: Ledger, now: number): Promise<void> {
    const roots = ledger.roots.map((number) => ({ number, pair: this.#root(number) })).reverse();
    const lists = roots.map(({ number, pair }) => {
      const revoked = ledger.issued.flatMap(({ root, serial, revoked: at }) =>
        root === number && at !== undefined ? [{ serial, at }] : [],
      );
      return makeRevocations(pair, revoked, now);
    });
    writePublic(this.#path('crl.pem'), joined(await Promise.all(lists)));
    writePublic(this.#path('ca.crt'), joined(roots.map(({ pair }) => pair.certificate)));
    writePublic(this.#path(ledgerFile), `${JSON.stringify(ledger, null, 1)}\n`);
    this.#ledger = ledger;
  }

  #path(name: string): string {
    return path.join(this.#folder, name);
  }
}

function joined(texts: readonly string[]): string {
  return texts.map((text) => `${text.trim()}\n`).join('');
}
