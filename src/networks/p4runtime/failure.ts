import type { Metadata, ServiceError } from '@grpc/grpc-js';
import { HeddleError, isHeddleError } from '../../lib/errors.ts';
import { code, decode, type Status } from './messages.ts';

const hint = 'check that simple_switch_grpc runs, where it listens, and its --device-id';
const mostShown = 5;

/** What went wrong, in words: of a write, for each entry that could not be written (P4Runtime 1.4, 12.3). Pure. */
export function failure(what: string, error: ServiceError): HeddleError {
  const parts = error.code === code.unknown ? partsOf(error.metadata) : [];
  const why = parts.length > 0 ? parts.slice(0, mostShown).join('; ') : error.details || error.message;
  return new HeddleError('ERR_P4RUNTIME', `${what}: ${why.slice(0, 1000)}`, {
    cause: error,
    ...(isAway(error) && { hint }),
  });
}

/** UNAVAILABLE, DEADLINE_EXCEEDED. */
function isAway(error: ServiceError): boolean {
  return error.code === unavailable || error.code === 4;
}

const unavailable = 14;

/** Whether nobody was there to be asked. */
export function hasEnded(error: unknown): boolean {
  return (
    isHeddleError(error, 'ERR_P4RUNTIME') && (error.cause as ServiceError | undefined)?.code === unavailable
  );
}

function partsOf(metadata: Metadata): string[] {
  const [status] = metadata.get('grpc-status-details-bin');
  if (!Buffer.isBuffer(status)) return [];
  try {
    const { details = [] } = decode<Status>('Status', status);
    return details.flatMap(({ value }) => {
      const one = decode<{ canonicalCode?: number; message?: string }>('Error', value ?? Buffer.alloc(0));
      return (one.canonicalCode ?? 0) === code.ok
        ? []
        : [`${one.message || 'refused'} (${one.canonicalCode})`];
    });
  } catch {
    return [];
  }
}
