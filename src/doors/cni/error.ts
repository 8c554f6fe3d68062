import type { ErrorCode } from '../../lib/error-codes.ts';
import { toHeddleError } from '../../lib/errors.ts';

/** Codes of CNI 1.1, section 5; from 100 on they are a plugin's own. */
export const cniCode = {
  version: 1,
  field: 2,
  environment: 4,
  decoding: 6,
  configuration: 7,
  later: 11,
  unavailable: 50,
  limited: 51,
  failed: 100,
  pool: 101,
  port: 102,
  exists: 103,
  check: 104,
} as const;

/** What a runtime is told, instead of a result. */
export class CniError extends Error {
  override readonly name = 'CniError';
  readonly code: number;
  readonly details: string;

  constructor(code: number, message: string, details = '') {
    super(message);
    this.code = code;
    this.details = details;
  }
}

const codes: Partial<Readonly<Record<ErrorCode, number>>> = {
  ERR_RESOURCE_INVALID: cniCode.configuration,
  ERR_ARCHETYPE_UNKNOWN: cniCode.configuration,
  ERR_RESOURCE_UNKNOWN: cniCode.configuration,
  ERR_NAMESPACE: cniCode.environment,
  ERR_REVISION: cniCode.later,
  ERR_TIMEOUT: cniCode.later,
  ERR_NETWORK_POOL: cniCode.pool,
  ERR_PORT_IN_USE: cniCode.port,
  ERR_RESOURCE_EXISTS: cniCode.exists,
};

/** Anything thrown, in CNI's words. */
export function toCniError(error: unknown): CniError {
  if (error instanceof CniError) return error;
  const { code, message, hint } = toHeddleError(error);
  // An error about the environment has to name the variable.
  const named = code === 'ERR_NAMESPACE' ? `CNI_NETNS: ${message}` : message;
  return new CniError(codes[code] ?? cniCode.failed, named, `${code}: ${hint}`);
}
