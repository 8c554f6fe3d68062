import type { Diagnostic, Location } from '../lib/errors.ts';
import type { Application } from './application.ts';

/** A Compose project that was read and found good. */
export interface Descriptor {
  readonly application: Application;
  readonly warnings: readonly Diagnostic[];
  /** The profiles that services name, those that do not run now included. */
  readonly profiles: readonly string[];
  /** The services of profiles that are not enabled. */
  readonly inactive: readonly string[];
  /** Whether somebody gave the project its name, rather than its folder. */
  readonly named: boolean;
  /** The merged Compose model in long form, variables replaced, as plain data. */
  readonly model: unknown;
  /** Where the nearest existing key on a path of the model was written. */
  at(path: readonly (string | number)[]): Location | undefined;
  /**
   * A variable as the project sees it, `.env` included. Configs and secrets `environment: NAME` are read with
   * it at the last moment, so that no secret stands in the application.
   */
  variable(name: string): string | undefined;
  /** All of these variables. */
  readonly environment: ReadonlyMap<string, string>;
  /** Names of the variables that the project has used so far: reading it again with these alone gives the same. */
  readonly asked: ReadonlySet<string>;
}
