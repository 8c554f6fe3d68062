import type { ShownPlan } from '../deploy/plan/shown.ts';
import type { StepEvent } from '../deploy/run.ts';
import type { ErrorCode } from '../lib/error-codes.ts';
import { HeddleError, type Location, SeveralErrors } from '../lib/errors.ts';
import type { DeploymentSpec, ImageSource } from '../selector/spec.ts';

/** What the node is and uses. */
export interface NodeInfo {
  readonly version: string;
  readonly pid: number;
  readonly engine: { readonly kind: string; readonly version: string; readonly endpoint: string };
  readonly stateDir: string;
  /** Where Prometheus finds it beside the socket, `http://127.0.0.1:9850/metrics`; null: nowhere. */
  readonly metrics: string | null;
}

export interface UpRequest {
  readonly spec: DeploymentSpec;
  readonly build?: boolean;
  /** These only, and what they depend on; absent or empty: all. */
  readonly services?: readonly string[];
  /** Without what they depend on. */
  readonly noDeps?: boolean;
  /** `force`: make containers anew that are as their file says. `never`: leave those that are not. */
  readonly recreate?: 'force' | 'never';
  /** `force` is for what the services depend on, too. */
  readonly recreateDeps?: boolean;
  /** Containers that are made anew begin with empty anonymous volumes. */
  readonly renewVolumes?: boolean;
  readonly removeOrphans?: boolean;
  /** Create containers without starting them. */
  readonly noStart?: boolean;
  /** Milliseconds that containers have to end, instead of what the file says. */
  readonly timeout?: number;
  /** Services of the file whose profiles are not enabled: no orphans. */
  readonly inactive?: readonly string[];
  /** Services of the file that are to have no replica. */
  readonly empty?: readonly string[];
  /** Whether somebody gave the project its name: then its files may stand somewhere else than before. */
  readonly named?: boolean;
  /** Go on when the client has gone. */
  readonly detach?: boolean;
}

export interface DownRequest {
  readonly volumes?: boolean;
  /** Images of its services, too: those that were built without a name in the file, or all. */
  readonly images?: ImagesToRemove;
  /** These only; absent or empty: all. */
  readonly services?: readonly string[];
  readonly removeOrphans?: boolean;
  /** Milliseconds that containers have to end, instead of what the file said. */
  readonly timeout?: number;
  /** What the file describes that is taken down. Absent: all of the project, whatever it is from. */
  readonly file?: {
    readonly dir: string;
    readonly files: readonly string[];
    readonly services: readonly string[];
    readonly named: boolean;
  };
}

export type ImagesToRemove = 'local' | 'all';

export interface ServicesRequest {
  /** Absent or empty: all. */
  readonly services?: readonly string[];
  /** Milliseconds that containers have to end, instead of what the file said. */
  readonly timeout?: number;
  /** Without those that depend on them, or that they depend on. */
  readonly noDeps?: boolean;
}

/** What an operation reports, a JSON line each; the last is `finished` or `error`. */
export type OperationEvent =
  | { readonly type: 'plan'; readonly plan: ShownPlan }
  | StepEvent
  | { readonly type: 'finished' }
  | { readonly type: 'error'; readonly error: ErrorMessage };

/** An error on its way over the API. */
export interface ErrorMessage {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly at?: Location;
  readonly errors?: readonly ErrorMessage[];
}

export interface ApplicationSummary {
  readonly project: string;
  readonly services: number;
  readonly running: number;
  readonly containers: number;
  readonly files: readonly string[];
}

/** One container of an application, as `heddle ps` shows it. Stable. */
export interface ContainerStatus {
  readonly name: string;
  /** The engine's; null while there is no container. */
  readonly id: string | null;
  readonly service: string | null;
  /** Of the replica, from 1. */
  readonly index: number | null;
  readonly pod: string;
  readonly role: string;
  readonly feature: string | null;
  readonly image: string;
  readonly state: string;
  readonly health: string | null;
  readonly exitCode: number | null;
  /** RFC 3339. */
  readonly startedAt: string | null;
  readonly ports: readonly string[];
  readonly note: string | null;
  /** Whether `heddle run` made it. */
  readonly oneOff: boolean;
  /** Whether its service is no longer wanted. */
  readonly orphan: boolean;
}

/** One container's image, as `heddle images` shows it. Stable. */
export interface ContainerImage {
  readonly container: string;
  readonly service: string | null;
  readonly role: string;
  /** Null when the name it was made by is another image's by now. */
  readonly repository: string | null;
  readonly tag: string | null;
  readonly id: string;
  /** Bytes. */
  readonly size: number | null;
}

export interface BuildRequest {
  /** All that may be needed, by reference. */
  readonly images: Readonly<Record<string, ImageSource>>;
  readonly wanted: readonly string[];
  readonly noCache?: boolean;
  /** Those wanted are built although they are present. */
  readonly anew?: boolean;
}

export interface TransferRequest {
  readonly wanted: readonly string[];
  /** Pull only what is not present. */
  readonly missing?: boolean;
}

export function toMessage(error: HeddleError): ErrorMessage {
  const parts = error instanceof SeveralErrors ? error.errors : [];
  return {
    code: error.code,
    message: error.message,
    hint: error.hint,
    ...(error.at && { at: error.at }),
    ...(parts.length > 0 && { errors: parts.map(toMessage) }),
  };
}

export function fromMessage(message: ErrorMessage): HeddleError {
  if (message.errors)
    return new SeveralErrors(message.code, message.message, message.errors.map(fromMessage));
  return new HeddleError(message.code, message.message, { hint: message.hint, at: message.at });
}
