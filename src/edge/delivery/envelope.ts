import { createPrivateKey, type KeyObject, sign, verify, X509Certificate } from 'node:crypto';
import type { Credentials } from '../ca/authority.ts';
import { controllerSubject } from '../ca/subjects.ts';
import type { Trust } from './trust.ts';

/** Who signs. */
export interface Signer {
  readonly key: KeyObject;
  /** DER in base64: whoever checks a signature needs nothing but the authority's certificate. */
  readonly certificate: string;
}

/** What a message says, or why it is not believed. */
export type Opened = { readonly body: string } | { readonly refused: string };

/** Part of what is signed, so that a signature made for something else is none of these. */
const purpose = 'heddle edge 1';
const longestHead = 4096;
const lineEnd = '\n'.charCodeAt(0);

export function signerOf({ key, certificate }: Credentials): Signer {
  return {
    key: createPrivateKey(key),
    certificate: new X509Certificate(certificate).raw.toString('base64'),
  };
}

/**
 * Signs a message for one topic: `SIGNATURE CERTIFICATE`, a line's end, and what it says. Under another topic it is
 * worth nothing.
 */
export function seal(topic: string, body: string, { key, certificate }: Signer): Buffer {
  const signature = sign('sha256', signed(topic, Buffer.from(body)), key).toString('base64');
  return Buffer.from(`${signature} ${certificate}\n${body}`);
}

/**
 * Reads a message of a controller. Nothing of it is parsed before its signature holds.
 * @param now milliseconds since 1970
 */
export function open(topic: string, payload: Buffer, trust: Trust, now: number): Opened {
  const end = payload.subarray(0, longestHead).indexOf(lineEnd);
  const [signature, certificate, ...more] = end < 0 ? [] : payload.toString('latin1', 0, end).split(' ');
  if (!signature || !certificate || more.length > 0) return { refused: 'it is not signed' };
  const key = trust.keyOf(certificate, controllerSubject, now);
  if (typeof key === 'string') return { refused: key };
  const body = payload.subarray(end + 1);
  if (!verify('sha256', signed(topic, body), key, Buffer.from(signature, 'base64')))
    return { refused: 'its signature does not hold' };
  return { body: body.toString() };
}

function signed(topic: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${purpose}\n${topic}\n`), body]);
}
