import {
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
} from 'node:crypto';
import { type Of, text } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';
import type { MacKey } from './liveness/packet.ts';

// Keys of X25519 (RFC 7748), in the form of wg(8): 32 bytes in base64. Pure, but for what is random.

/** As wg(8) writes it: 32 bytes in base64. */
export const keyText = text.regex(/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/);

export const keyPair = z.object({ privateKey: keyText, publicKey: keyText });
export type KeyPair = Of<typeof keyPair>;

export function newKeyPair(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('x25519');
  const [d, x] = [privateKey.export({ format: 'jwk' }).d, publicKey.export({ format: 'jwk' }).x];
  return { privateKey: base64Of(d), publicKey: base64Of(x) };
}

function base64Of(url: string | undefined): string {
  return Buffer.from(url ?? '', 'base64url').toString('base64');
}

function urlOf(base64: string): string {
  return Buffer.from(base64, 'base64').toString('base64url');
}

/** Of which each end makes the same: what one says to the other on a path is authenticated by it, and by no other. */
export interface SharedKeys {
  readonly sends: MacKey;
  readonly hears: MacKey;
}

/** Whether keys can be agreed on with who says it: with a point of small order (RFC 7748, 6.1) they would be known to all. */
export function isPublicKey(other: string): boolean {
  try {
    agree(newKeyPair(), other);
    return true;
  } catch {
    return false;
  }
}

/** Agreed on already, by a node's own pair: with many nodes this is what takes time. */
const agreed = new WeakMap<KeyPair, Map<string, SharedKeys>>();

export function sharedKeys(own: KeyPair, other: string): SharedKeys {
  const known = agreed.get(own) ?? new Map<string, SharedKeys>();
  agreed.set(own, known);
  const found = known.get(other) ?? agree(own, other);
  known.set(other, found);
  return found;
}

function agree(own: KeyPair, other: string): SharedKeys {
  const crv = { kty: 'OKP', crv: 'X25519' };
  const privateKey = createPrivateKey({
    key: { ...crv, d: urlOf(own.privateKey), x: urlOf(own.publicKey) },
    format: 'jwk',
  });
  const publicKey = createPublicKey({ key: { ...crv, x: urlOf(other) }, format: 'jwk' });
  const secret = diffieHellman({ privateKey, publicKey });
  // One for each direction: what a node has sent is nothing when it comes back to it.
  const keyOf = (from: string, to: string): MacKey => {
    const ends = `${from} ${to}`;
    const key = Buffer.from(hkdfSync('sha256', secret, '', `heddle wan liveness ${ends}`, 32));
    return { id: createHash('sha256').update(ends).digest().readUInt32BE(0), key };
  };
  return { sends: keyOf(own.publicKey, other), hears: keyOf(other, own.publicKey) };
}
