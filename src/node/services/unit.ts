import type { NetworkingService } from '../../networks/standard/networking-service.ts';

/** A service of the node: something that is started, looked after, and stopped. */
export interface Unit {
  readonly name: string;
  readonly process: 'own' | 'shared';
  /** Starts it, and returns when it is ready, or could not be started the first time: then it is tried again by itself. */
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly state: UnitState;
  /** What it does, for others. */
  readonly service: NetworkingService;
}

export interface UnitState {
  /** `failed`: it could not be started, or crashed, and is tried again. */
  readonly phase: 'stopped' | 'starting' | 'ready' | 'failed';
  /** Milliseconds since 1970 of this phase. */
  readonly since: number;
  /** How often it was started again. */
  readonly restarts: number;
  /** Why it failed last. */
  readonly reason: string | undefined;
  /** Of its process, if that is its own. */
  readonly pid: number | undefined;
}

export const stopped: UnitState = {
  phase: 'stopped',
  since: 0,
  restarts: 0,
  reason: undefined,
  pid: undefined,
};
