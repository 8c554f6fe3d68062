import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { HeddleError } from '../lib/errors.ts';
import type { Answer } from '../lib/http/answer.ts';
import { send } from '../lib/http/send.ts';
import { HttpTransport, type Outgoing } from './http-transport.ts';

/** PEM: who the node has to be of, what that revoked, and who asks. */
export interface ClientCredentials {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly crl?: string[];
}

/** Milliseconds for a connection. */
const connecting = 5000;
/** What TLS, and the certificates in it, fail with. */
const ofTls = /^ERR_(SSL|TLS|OSSL)_|CERT|SIGNATURE|ISSUER|CRL/;

/** Asks the node at an address, over TLS, with a certificate. */
export class TlsTransport extends HttpTransport {
  readonly #url: URL;
  readonly #credentials: ClientCredentials;
  readonly #subject: string | undefined;

  /**
   * @param url of https, without a path
   * @param subject whose certificate it has to have; absent: any for that address
   * @throws HeddleError ERR_USAGE
   */
  constructor(url: string, credentials: ClientCredentials, subject?: string) {
    super();
    const { protocol, username, pathname, search, hash } = URL.canParse(url) ? new URL(url) : noUrl;
    if (protocol !== 'https:' || username + search + hash !== '' || pathname !== '/')
      throw new HeddleError('ERR_USAGE', `"${url}" is no address of a node`, {
        hint: 'write https://HOST:PORT',
      });
    this.#url = new URL(url);
    this.#credentials = credentials;
    this.#subject = subject;
  }

  override async reach({ target: path, ...request }: Outgoing): Promise<Answer> {
    // The path as it is: a URL would take out what looks like a step upward.
    const options = {
      ...this.#credentials,
      path,
      minVersion: 'TLSv1.3',
      checkServerIdentity: (host: string, certificate: PeerCertificate) =>
        checkServerIdentity(host, certificate) ?? this.#strangerError(certificate),
    } as const;
    try {
      return await send({ to: this.#url, options, timeouts: { connect: connecting }, ...request });
    } catch (error) {
      throw this.#failure(error as NodeJS.ErrnoException & { readonly reason?: string });
    }
  }

  #strangerError({ subject }: PeerCertificate): Error | undefined {
    if (this.#subject === undefined || subject.CN === this.#subject) return undefined;
    const code = 'ERR_TLS_CERT_ALTNAME_INVALID';
    return Object.assign(new Error(`who answers is ${subject.CN}, and not ${this.#subject}`), { code });
  }

  #failure(cause: NodeJS.ErrnoException & { readonly reason?: string }): HeddleError {
    const { code = '', message, reason = message } = cause;
    const { origin } = this.#url;
    if (ofTls.test(code)) return new HeddleError('ERR_NODE_TLS', `${origin}: ${reason}`, { cause });
    // It ends a connection without a word where the certificate is of another role.
    if (code === 'ECONNRESET' || code === 'EPIPE')
      return new HeddleError('ERR_NODE_TLS', `${origin} ended the connection: ${reason}`, { cause });
    return new HeddleError('ERR_NODE_ABSENT', `the node does not answer at ${origin}: ${reason}`, { cause });
  }
}

const noUrl = { protocol: '', username: '', pathname: '', search: '', hash: '' };
