import { type KeyObject, X509Certificate } from 'node:crypto';
import { HeddleError } from '../../lib/errors.ts';
import { readRevocations } from '../../lib/x509.ts';
import { pemBlocks, subjectOf } from '../ca/credentials.ts';

interface Signer {
  readonly key: KeyObject;
  readonly subject: string;
  readonly serial: string;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly until: number;
}

/** Certificates that were found to be of the authority; there are two at most while one is renewed. */
const remembered = 16;

/** Whom a gateway believes: those with a certificate of its authority, which has not been revoked. */
export class Trust {
  #roots: readonly X509Certificate[] = [];
  readonly #revoked = new Set<string>();
  readonly #signers = new Map<string, Signer>();

  /**
   * @param authorities PEM, one certificate or several
   * @throws HeddleError ERR_EDGE_CA
   */
  constructor(authorities: string) {
    this.believe(authorities);
  }

  /**
   * Believes those that these authorities vouch for from now on, and nobody else. What was revoked stays so.
   * @param authorities PEM, one certificate or several
   * @returns whether they are others than before
   * @throws HeddleError ERR_EDGE_CA when there is none; then all stays as it was
   */
  believe(authorities: string): boolean {
    const roots = readRoots(authorities);
    const isSame = roots.map(String).join() === this.#roots.map(String).join();
    this.#roots = roots;
    if (!isSame) this.#signers.clear();
    return !isSame;
  }

  /**
   * Takes lists of revocations, PEM. What was revoked once stays so, whoever sends an older list.
   * @returns whether anything in it was new
   */
  async revoke(lists: string): Promise<boolean> {
    const before = this.#revoked.size;
    const roots = this.#roots.map((root) => root.toString());
    for (const serial of await readRevocations(lists, roots)) this.#revoked.add(serial.toUpperCase());
    return this.#revoked.size > before;
  }

  isRevoked(serial: string): boolean {
    return this.#revoked.has(serial.toUpperCase());
  }

  /**
   * The key of a certificate, DER in base64, or why it is not to be believed.
   * @param now milliseconds since 1970
   */
  keyOf(certificate: string, subject: string, now: number): KeyObject | string {
    const signer = this.#signer(certificate);
    if (!signer) return 'its certificate is not of this authority';
    if (signer.subject !== subject) return `it is signed by ${signer.subject}, not by ${subject}`;
    if (this.isRevoked(signer.serial)) return 'its certificate was revoked';
    if (now < signer.from || now > signer.until) return 'its certificate does not hold now: check the clocks';
    return signer.key;
  }

  /** Whether one of the authorities vouches for a certificate. */
  vouchesFor(certificate: X509Certificate): boolean {
    return this.#roots.some((root) => certificate.checkIssued(root) && certificate.verify(root.publicKey));
  }

  #signer(text: string): Signer | undefined {
    const known = this.#signers.get(text);
    if (known) return known;
    let certificate: X509Certificate;
    try {
      certificate = new X509Certificate(Buffer.from(text, 'base64'));
    } catch {
      return undefined;
    }
    if (!this.vouchesFor(certificate) || certificate.ca) return undefined;
    const signer = {
      key: certificate.publicKey,
      subject: subjectOf(certificate),
      serial: certificate.serialNumber,
      from: Date.parse(certificate.validFrom),
      until: Date.parse(certificate.validTo),
    };
    if (this.#signers.size >= remembered) this.#signers.clear();
    this.#signers.set(text, signer);
    return signer;
  }
}

function readRoots(authorities: string): X509Certificate[] {
  let cause: unknown;
  try {
    const roots = pemBlocks(authorities).map((pem) => new X509Certificate(pem));
    if (roots.length > 0) return roots;
  } catch (error) {
    cause = error;
  }
  throw new HeddleError('ERR_EDGE_CA', 'ca.crt holds no certificate of an authority', {
    hint: 'copy it again from the folder of the authority',
    cause,
  });
}
