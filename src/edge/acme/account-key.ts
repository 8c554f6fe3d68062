import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** A signed request, as an ACME server reads it (RFC 7515, 7.2.2). */
export interface SignedRequest {
  readonly protected: string;
  readonly payload: string;
  readonly signature: string;
}

/** The key of an account at an ACME server: P-256, which every server has to take (RFC 8555, 6.2). */
export class AccountKey {
  readonly #key: KeyObject;
  /** The public half. Names in the order that its thumbprint is made of. */
  readonly jwk: { readonly crv: string; readonly kty: string; readonly x: string; readonly y: string };

  /** @param pem a private key, PKCS #8 */
  constructor(pem: string) {
    this.#key = createPrivateKey(pem);
    const { crv = '', kty = '', x = '', y = '' } = this.#key.export({ format: 'jwk' });
    if (crv !== 'P-256') throw new Error('it is no key of the curve P-256');
    this.jwk = { crv, kty, x, y };
  }

  /** A new key, PEM. */
  static make(): string {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  }

  /**
   * @param header what is signed beside the algorithm: nonce, URL, and who asks
   * @param payload nothing: the request only reads ("POST-as-GET", RFC 8555, 6.3)
   */
  sign(header: object, payload: object | undefined): SignedRequest {
    const parts = signedParts({ alg: 'ES256', ...header }, payload);
    const text = Buffer.from(`${parts.protected}.${parts.payload}`);
    const signature = sign('sha256', text, { key: this.#key, dsaEncoding: 'ieee-p1363' });
    return { ...parts, signature: signature.toString('base64url') };
  }

  /** What has to be found at a name to show that who has this account has the name (RFC 8555, 8.1; RFC 7638). */
  authorization(token: string): string {
    return `${token}.${createHash('sha256').update(JSON.stringify(this.jwk)).digest('base64url')}`;
  }
}

/** What is signed, in the form that a signature stands beside (RFC 7515, 7.2.2). */
export function signedParts(header: object, payload: object | undefined): Omit<SignedRequest, 'signature'> {
  return {
    protected: base64url(JSON.stringify(header)),
    payload: payload === undefined ? '' : base64url(JSON.stringify(payload)),
  };
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}
