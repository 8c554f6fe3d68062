import { type ErrorCode, errorCodes } from './error-codes.ts';
import { printableLine } from './printable.ts';

/** A place in a file. Lines and columns count from 1. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One finding about the user's input: an error, or a warning that does not stop anything. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly code: ErrorCode;
  /** What is wrong, beginning with the object: `services.web.ports[0]: …`. */
  readonly message: string;
  readonly at?: Location | undefined;
  /** What would be right. */
  readonly hint?: string | undefined;
}

interface HeddleErrorOptions {
  readonly hint?: string | undefined;
  readonly at?: Location | undefined;
  readonly cause?: unknown;
}

/** An error with a stable code, whose message says what and where, and whose hint says what to do. */
export class HeddleError extends Error {
  override readonly name: string = 'HeddleError';
  readonly code: ErrorCode;
  readonly hint: string;
  readonly at: Location | undefined;

  constructor(code: ErrorCode, message: string, options: HeddleErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.hint = options.hint ?? errorCodes[code].remedy;
    this.at = options.at;
  }
}

/** All that is wrong with the user's input, at once. */
export class InvalidInput extends HeddleError {
  override readonly name = 'InvalidInput';
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    const first = diagnostics.find((d) => d.severity === 'error');
    super(first?.code ?? 'ERR_INTERNAL', diagnostics.map(formatDiagnostic).join('\n'), {
      hint: first?.hint,
      at: first?.at,
    });
    this.diagnostics = diagnostics;
  }
}

/** Several things failed; each is kept. Thrown by teardown, which goes on past errors. */
export class SeveralErrors extends HeddleError {
  override readonly name = 'SeveralErrors';
  readonly errors: readonly HeddleError[];

  constructor(code: ErrorCode, message: string, errors: readonly HeddleError[]) {
    super(code, message, { cause: new AggregateError(errors) });
    this.errors = errors;
  }
}

/** `compose.yaml:3:5: error ERR_X: message (hint)`: what editors and people can follow. */
export function formatDiagnostic(d: Diagnostic): string {
  const where = d.at ? `${formatLocation(d.at)}: ` : '';
  const hint = d.hint ? ` (${d.hint})` : '';
  return printableLine(`${where}${d.severity} ${d.code}: ${d.message}${hint}`);
}

export function formatLocation(at: Location): string {
  return `${at.file}:${at.line}:${at.column}`;
}

export function isHeddleError(error: unknown, code?: ErrorCode): error is HeddleError {
  return error instanceof HeddleError && (code === undefined || error.code === code);
}

/** Anything thrown, as a HeddleError; what was not foreseen becomes ERR_INTERNAL and keeps its cause. */
export function toHeddleError(error: unknown): HeddleError {
  if (error instanceof HeddleError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = (error as { code?: string } | undefined)?.code;
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  return new HeddleError(full ? 'ERR_DISK_FULL' : 'ERR_INTERNAL', message, { cause: error });
}
