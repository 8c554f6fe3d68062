import { X509Certificate } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { replaceFile } from '../../lib/replace-file.ts';
import type { KeyPair } from '../../lib/x509.ts';
import { textOf } from '../ip/end-process.ts';
import { identityOf } from './identity.ts';

const day = 86_400_000;
/** Days that a certificate of an endpoint holds, and before the end of which it is made anew. */
const holds = 90;
const renews = 30;

/**
 * Who says on this host which endpoint is which, for one network: its key never leaves the host. The others are told the certificate,
 * and believe it; and whoever is on another network has no certificate that is believed here.
 */
export class MeshAuthority {
  readonly #pair: KeyPair;

  private constructor(pair: KeyPair) {
    this.#pair = pair;
  }

  /** That of a folder, which is made where there is none. */
  static async in(folder: string, network: string): Promise<MeshAuthority> {
    const file = path.join(folder, 'authority.pem');
    const kept = pairIn(textOf(file));
    if (kept && Date.parse(new X509Certificate(kept.certificate).validTo) > Date.now() + 2 * holds * day)
      return new MeshAuthority(kept);
    const { makeRoot } = await import('../../lib/x509.ts');
    const made = await makeRoot(`heddle mesh ${network}`, Date.now());
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    replaceFile(file, textOfPair(made), 0o600);
    return new MeshAuthority(made);
  }

  /** PEM. */
  get certificate(): string {
    return this.#pair.certificate;
  }

  /** Certificate and key of an endpoint, PEM: those that it has, as long as they are its own and hold. */
  async certify(name: string, addresses: readonly string[], before: string | undefined): Promise<string> {
    const names = addresses.map((address) => identityOf(address));
    if (before !== undefined && this.#stillHolds(before, names)) return before;
    const { makeCertificate } = await import('../../lib/x509.ts');
    const wanted = { commonName: name.slice(0, 64), hosts: names, days: holds };
    return textOfPair(await makeCertificate(this.#pair, wanted, Date.now()));
  }

  #stillHolds(pem: string, names: readonly string[]): boolean {
    const pair = pairIn(pem);
    if (!pair) return false;
    const certificate = new X509Certificate(pair.certificate);
    return (
      certificate.subjectAltName === names.map((name) => `DNS:${name}`).join(', ') &&
      Date.parse(certificate.validTo) > Date.now() + renews * day &&
      certificate.verify(new X509Certificate(this.#pair.certificate).publicKey)
    );
  }
}

function textOfPair({ certificate, key }: KeyPair): string {
  return `${certificate}\n${key}\n`;
}

/** Nothing: it is not there, or is no pair. */
function pairIn(text: string | undefined): KeyPair | undefined {
  const part = (label: string) =>
    new RegExp(`-----BEGIN ${label}-----[^-]+-----END ${label}-----`).exec(text ?? '')?.[0];
  const [certificate, key] = [part('CERTIFICATE'), part('PRIVATE KEY')];
  if (certificate === undefined || key === undefined) return undefined;
  try {
    new X509Certificate(certificate);
    return { certificate, key };
  } catch {
    return undefined;
  }
}
