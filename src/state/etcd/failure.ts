import { HttpTimeout } from '../../lib/http/timeouts.ts';

/**
 * What a question came to that has no answer. `undone`: this member did nothing, another may; `unknown`: it may have been
 * done; `refused`: nothing was done, and every member would say the same.
 */
export type Outcome = 'undone' | 'unknown' | 'refused';

/** Codes of gRPC (grpc.io, "Status codes and their use in gRPC") that Heddle tells apart. */
export const grpc = { notFound: 5, exhausted: 8, outOfRange: 11, unavailable: 14 } as const;

/** By which etcd says no, after a look at what is asked: INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS and so on. */
const refusing: ReadonlySet<number> = new Set([3, 5, 6, 7, 8, 9, 11, 12, 15, 16]);
/** A member says so before it hands anything on. */
const beforehand = /no leader|too many requests|learner|not capable/;

/** No connection was made, or none that both sides take. */
const unconnected = new Set(
  'ECONNREFUSED ENOTFOUND EAI_AGAIN EHOSTUNREACH ENETUNREACH EHOSTDOWN ENETDOWN EADDRNOTAVAIL ENOENT EACCES'.split(
    ' ',
  ),
);
const untrusted =
  /^(ERR_TLS|ERR_SSL_.*(ALERT|WRONG_VERSION)|ERR_OSSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME|CRL_)/;

/** Why etcd, or one member of it, gave no answer. */
export class EtcdFailure extends Error {
  override readonly name = 'EtcdFailure';
  readonly outcome: Outcome;
  /** Etcd's own code, where it is etcd that says so. */
  readonly code: number | undefined;

  constructor(outcome: Outcome, message: string, code?: number, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.outcome = outcome;
    this.code = code;
  }
}

/** What a member answered instead: an HTTP status that is not 200, or an error in a stream. Any text is understood. */
export function failureOfAnswer(status: number, text: string): EtcdFailure {
  const { code, message } = errorIn(text);
  if (code === undefined) {
    // A proxy speaks, or no etcd at all.
    const outcome = status >= 400 && status < 500 ? 'refused' : 'unknown';
    return new EtcdFailure(outcome, `${status} ${text.slice(0, 200)}`.trim());
  }
  const outcome = beforehand.test(message) ? 'undone' : refusing.has(code) ? 'refused' : 'unknown';
  return new EtcdFailure(outcome, message.slice(0, 200), code);
}

/** Why nothing was heard, by the system's error. */
export function failureOfError(error: unknown): EtcdFailure {
  if (error instanceof EtcdFailure) return error;
  const { message, code = '' } = error as NodeJS.ErrnoException;
  const isUnconnected =
    unconnected.has(code) ||
    untrusted.test(code) ||
    (error instanceof HttpTimeout && error.phase === 'connect');
  return new EtcdFailure(isUnconnected ? 'undone' : 'unknown', message || code, undefined, error);
}

/** Etcd 3.4 and 3.5 say `error`, streams nest it, and 3.6 has `message` only. */
function errorIn(text: string): { readonly code?: number; readonly message: string } {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return { message: '' };
  }
  const outer = fieldsOf(found);
  const { error, message, code, grpc_code } = { ...outer, ...fieldsOf(outer['error']) } as Record<
    string,
    unknown
  >;
  const number = code ?? grpc_code;
  const words = [message, error].find((one) => typeof one === 'string');
  return typeof number === 'number'
    ? { code: number, message: typeof words === 'string' ? words : '' }
    : { message: '' };
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
