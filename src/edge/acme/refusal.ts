import { HeddleError } from '../../lib/errors.ts';

/** Characters of what a server says that are told on. */
const toldAtMost = 400;

interface Reasons {
  /** Whether it is the server that cannot be used, for any certificate. */
  readonly everything?: boolean;
  /** Whether nobody was reached, so that nothing was counted against us either. */
  readonly unreached?: boolean;
  /** Seconds that the server wants to be left alone. */
  readonly retryAfter?: number | undefined;
  /** `badNonce` of `urn:ietf:params:acme:error:badNonce` (RFC 8555, 6.7). */
  readonly type?: string | undefined;
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** Why an ACME server gave no certificate. */
export class Refusal extends HeddleError {
  override readonly name = 'Refusal';
  readonly everything: boolean;
  readonly unreached: boolean;
  readonly retryAfter: number | undefined;
  readonly type: string | undefined;

  constructor(message: string, reasons: Reasons = {}) {
    super('ERR_EDGE_ACME', legible(message), reasons);
    this.everything = reasons.everything ?? false;
    this.unreached = reasons.unreached ?? false;
    this.retryAfter = reasons.retryAfter;
    this.type = reasons.type;
  }

  /** The same, where it concerns every certificate. */
  ofEverything(): Refusal {
    const { message, unreached, retryAfter, type, hint, cause } = this;
    return new Refusal(message, { everything: true, unreached, retryAfter, type, hint, cause });
  }
}

/** A server's words are its own: on one line, and not without end. */
function legible(text: string): string {
  const line = text.replace(/[\p{C}\s]+/gu, ' ').trim();
  return line.length > toldAtMost ? `${line.slice(0, toldAtMost)}…` : line;
}
