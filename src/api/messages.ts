import { HeddleError, InvalidInput, SeveralErrors } from '../lib/errors.ts';
import type { ErrorMessage } from './contracts/operation.ts';

// What travels over the API, by the types that its contracts give: those load nothing.
export type {
  ApplicationSummary,
  ContainerLine,
  ContainerStatus,
  DownRequest,
  ImagesToRemove,
  LogsQuery,
  ServicesRequest,
  UpRequest,
} from './contracts/applications.ts';
export type { BuildRequest, ContainerImage, TransferRequest } from './contracts/images.ts';
export type {
  NodeHealth,
  NodeInfo,
  NodeLogLine,
  NodeLogsQuery,
  NodeMember,
  RemoteStatus,
  ServiceStatus,
} from './contracts/node.ts';
export type { ErrorMessage, OperationEvent } from './contracts/operation.ts';

export function toMessage(error: HeddleError): ErrorMessage {
  const parts = error instanceof SeveralErrors ? error.errors : [];
  return {
    code: error.code,
    message: error.message,
    hint: error.hint,
    ...(error.at && { at: error.at }),
    ...(parts.length > 0 && { errors: parts.map(toMessage) }),
    ...(error instanceof InvalidInput && { diagnostics: error.diagnostics }),
  };
}

const noRoute = 'the API has no ';

/** What a node answers that has no such route. */
export function unknownRoute(route: string): HeddleError {
  return new HeddleError('ERR_USAGE', `${noRoute}${route}`);
}

export function isUnknownRoute({ code, message }: ErrorMessage): boolean {
  return code === 'ERR_USAGE' && message.startsWith(noRoute);
}

export function fromMessage(message: ErrorMessage): HeddleError {
  if (message.diagnostics) return new InvalidInput(message.diagnostics);
  if (message.errors)
    return new SeveralErrors(message.code, message.message, message.errors.map(fromMessage));
  return new HeddleError(message.code, message.message, { hint: message.hint, at: message.at });
}
