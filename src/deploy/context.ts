import type { Engine } from '../engines/engine.ts';
import type { ManagementBridge } from '../networks/management/bridge.ts';
import type { Proofs } from '../networks/path/proof/proofs.ts';
import type { NetworksHere } from '../networks/standard/networking-service.ts';
import type { DeploymentSpec } from '../selector/spec.ts';
import type { Far } from './far.ts';
import type { HookOutcome } from './function-hooks/outcome.ts';
import type { StateFolder } from './state-folder.ts';

/** What carrying out a plan takes. */
export interface DeployContext {
  readonly project: string;
  readonly spec: DeploymentSpec;
  readonly engine: Engine;
  /** Who makes networks and endpoints that are not the engine's. */
  readonly networking: NetworksHere;
  /** What other nodes have of it. */
  readonly far: Far;
  readonly management: ManagementBridge;
  /** What is known of chains by their probes. */
  readonly proofs: Proofs;
  readonly folder: StateFolder;
  /** Told what came of each call of a function's hook. */
  readonly hooked?: (outcome: HookOutcome) => void;
  /** Keyed hash of a part of the specification. */
  readonly hash: (value: unknown) => string;
  /** Aborts when the operation is to end: nothing more is begun, and what waits stops waiting. */
  readonly signal?: AbortSignal;
  /** What containers that go may have been made from. */
  readonly known?: readonly DeploymentSpec[];
}
