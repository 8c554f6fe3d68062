// The library registers its parts by decorators, which need this first.
import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';

/** P-256: every broker's TLS library takes it, and a signature costs a tenth of a millisecond. */
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
/** Clocks differ; a certificate holds from a little before now. */
const ahead = 65 * 60_000;
const rootDays = 3650;
const day = 86_400_000;

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

export interface Wanted {
  readonly commonName: string;
  /** Host names and addresses that it may serve TLS under; empty: it is a client's only. */
  readonly hosts: readonly string[];
  readonly days: number;
}

/** Makes the certificate of an authority, signed by itself. */
export async function makeRoot(commonName: string, now: number): Promise<KeyPair> {
  const keys = await generate();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [commonName] }],
    keys,
    ...lifetime(now, rootDays),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: certificate.toString('pem'), key: await exportKey(keys.privateKey) };
}

/** Makes a certificate under a root, with a key of its own. */
export async function makeCertificate(root: KeyPair, wanted: Wanted, now: number): Promise<KeyPair> {
  const keys = await generate();
  const issuer = new x509.X509Certificate(root.certificate);
  const usages = [x509.ExtendedKeyUsage.clientAuth];
  if (wanted.hosts.length > 0) usages.push(x509.ExtendedKeyUsage.serverAuth);
  const hosts = wanted.hosts.map((value) => ({
    type: isIP(value) ? ('ip' as const) : ('dns' as const),
    value,
  }));
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [{ CN: [wanted.commonName] }],
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey: await importKey(root.key),
    ...lifetime(now, wanted.days),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension(usages),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      ...(hosts.length > 0 ? [new x509.SubjectAlternativeNameExtension(hosts)] : []),
    ],
  });
  return { certificate: certificate.toString('pem'), key: await exportKey(keys.privateKey) };
}

/** Makes a request for a certificate (PKCS #10), DER, with a key of its own, PEM. */
export async function makeRequest(hosts: readonly string[]): Promise<{ key: string; request: Buffer }> {
  const keys = await generate();
  const names = hosts.map((value) => ({ type: 'dns' as const, value }));
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    keys,
    signingAlgorithm: algorithm,
    extensions: [new x509.SubjectAlternativeNameExtension(names)],
  });
  return { key: await exportKey(keys.privateKey), request: Buffer.from(request.rawData) };
}

/** Makes the list of what a root revoked. It never runs out: it reaches hosts by hand, and TLS takes no old one. */
export async function makeRevocations(
  root: KeyPair,
  revoked: readonly { readonly serial: string; readonly at: number }[],
  now: number,
): Promise<string> {
  const list = await x509.X509CrlGenerator.create({
    issuer: new x509.X509Certificate(root.certificate).subject,
    thisUpdate: new Date(now - ahead),
    nextUpdate: new Date(now + rootDays * day),
    signingAlgorithm: algorithm,
    signingKey: await importKey(root.key),
    entries: revoked.map(({ serial, at }) => ({ serialNumber: serial, revocationDate: new Date(at) })),
  });
  // The library would write "CRL", which OpenSSL does not read.
  return x509.PemConverter.encode(list.rawData, 'X509 CRL');
}

function lifetime(now: number, days: number) {
  return {
    // Positive, and never seen before.
    serialNumber: `01${randomBytes(15).toString('hex')}`,
    notBefore: new Date(now - ahead),
    notAfter: new Date(now + days * day),
  };
}

function generate(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, [
    'sign',
    'verify',
  ]) as Promise<webcrypto.CryptoKeyPair>;
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey(
    'pkcs8',
    x509.PemConverter.decode(pem)[0] as ArrayBuffer,
    algorithm,
    false,
    ['sign'],
  );
}

/** Serial numbers that lists of revocations name, hex; of those lists only that one of the roots signed. All PEM. */
export async function readRevocations(lists: string, roots: readonly string[]): Promise<string[]> {
  const issuers = roots.map((root) => new x509.X509Certificate(root));
  const serials: string[] = [];
  for (const raw of x509.PemConverter.decode(lists)) {
    const list = new x509.X509Crl(raw);
    for (const publicKey of issuers) {
      if (publicKey.subject !== list.issuer || !(await list.verify({ publicKey }))) continue;
      serials.push(...list.entries.map(({ serialNumber }) => serialNumber));
    }
  }
  return serials;
}
