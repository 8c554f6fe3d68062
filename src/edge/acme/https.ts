import { send } from '../../lib/http/send.ts';
import { version } from '../../lib/version.ts';
import { Refusal } from './refusal.ts';

/** Milliseconds that one request may take. */
const timeout = 30_000;
/** Bytes of an answer: a certificate with what leads to its root has some thousand. */
const longest = 256 * 1024;

export interface Reply {
  readonly status: number;
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Errors of TLS that say that the server's certificate is nobody's we know. */
const unknownIssuer = /SELF_SIGNED|UNABLE_TO_GET_ISSUER|UNABLE_TO_VERIFY|CERT_UNTRUSTED|DEPTH_ZERO/;

/** Asks an ACME server over HTTPS, as RFC 8555, 6.1 wants it. */
export class Https {
  readonly #ca: string | undefined;
  readonly #signal: AbortSignal;

  /** @param ca PEM of the only roots to trust; nothing: those of the system's Node */
  constructor(ca: string | undefined, signal: AbortSignal) {
    this.#ca = ca;
    this.#signal = signal;
  }

  /**
   * @param body JSON to be sent; nothing: a GET
   * @throws Refusal when nobody answers, or with what no server should
   */
  async ask(url: string, body?: string): Promise<Reply> {
    if (!URL.canParse(url) || new URL(url).protocol !== 'https:')
      throw new Refusal(`the ACME server leads to ${url}, which is no URL with https`, { everything: true });
    try {
      return await this.#exchange(url, body);
    } catch (error) {
      const { message, code = '' } = error as NodeJS.ErrnoException;
      throw new Refusal(`${url} cannot be reached: ${message || code}`, {
        everything: true,
        unreached: true,
        cause: error,
        ...(unknownIssuer.test(code) && { hint: '--acme-ca names the root of a private ACME server' }),
      });
    }
  }

  async #exchange(url: string, body: string | undefined): Promise<Reply> {
    const answer = await send({
      to: url,
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        'user-agent': `heddle/${version()}`,
        ...(body !== undefined && {
          'content-type': 'application/jose+json',
          'content-length': Buffer.byteLength(body),
        }),
      },
      body,
      options: { ...(this.#ca !== undefined && { ca: this.#ca }), agent: false },
      signal: this.#signal,
      timeouts: { whole: timeout },
    });
    const { status, headers } = answer;
    return { status, headers, body: await answer.text(longest) };
  }
}
