import type { ErrorCode } from '../../lib/error-codes.ts';
import { HeddleError } from '../../lib/errors.ts';

interface ApiError extends Error {
  readonly statusCode?: number;
  readonly json?: { readonly message?: string; readonly cause?: string };
  readonly code?: string;
}

const gone = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT']);

/** What the engine said, in Heddle's terms: `what` begins the message. */
export function engineError(cause: unknown, what: string): HeddleError {
  if (cause instanceof HeddleError) return cause;
  const error = cause as ApiError;
  const said = (error.json?.message ?? error.message ?? String(cause)).trim();
  const command = /exec: ("[^"]+"): (?:stat [^:]+: )?([^:]+)/.exec(said);
  if (command)
    return new HeddleError('ERR_SERVICE_COMMAND', `${what}: ${command[1]}: ${command[2]}`, { cause });
  return new HeddleError(codeFor(error, said), `${what}: ${said}`, { cause, hint: hintFor(said) });
}

/** What to do, where the engine's own words tell more than the code. */
function hintFor(said: string): string | undefined {
  if (/container-init binary not found/.test(said))
    return 'Install catatonit (apt-get install catatonit): Podman needs it for services with `init: true`.';
  if (/did not answer within/.test(said))
    return 'The engine hangs: look at its log, and whether `podman ps` or `docker ps` answers; a restart of it may help.';
  return undefined;
}

function codeFor(error: ApiError, said: string): ErrorCode {
  if (error.code !== undefined && gone.has(error.code)) return 'ERR_ENGINE_GONE';
  if (/address already in use|port is already allocated|ports? .*already/i.test(said))
    return 'ERR_PORT_IN_USE';
  if (/no space left on device|disk quota exceeded/i.test(said)) return 'ERR_DISK_FULL';
  if (/no such image|manifest unknown|image not known|pull access denied/i.test(said))
    return 'ERR_IMAGE_MISSING';
  return 'ERR_ENGINE';
}

/** Podman answers 500 for a container that is removed while it looks. */
export function isNotFound(cause: unknown): boolean {
  const { statusCode, json, message } = cause as ApiError;
  return statusCode === 404 || /no such container/.test(json?.message ?? message);
}

export function isNameTaken(cause: unknown): boolean {
  return /name .*is already in use/.test(
    String((cause as ApiError).json?.message ?? (cause as Error).message),
  );
}

/** What the engine says of why it refuses, when something else stands against it; nothing when it failed otherwise. */
export function refusalOf(cause: unknown): string | undefined {
  const { statusCode, json, message } = cause as ApiError;
  return statusCode === 409 ? (json?.message ?? message) : undefined;
}

/** The container that an engine names as the user of an image. */
export function containerIn(said: string): string | undefined {
  return /(?:container|used by) ([0-9a-f]{12,64})\b/.exec(said)?.[1];
}

/** The engine's way of saying that there is nothing to do. */
export function isNotModified(cause: unknown): boolean {
  return (cause as ApiError).statusCode === 304;
}

/** Runs a request and gives its failure Heddle's form. */
export async function asking<T>(what: string, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (cause) {
    throw engineError(cause, what);
  }
}
