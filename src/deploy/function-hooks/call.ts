import type { HookName } from '../../descriptor/function-hooks.ts';
import type { ChosenProgram } from './due.ts';

/** What a call of a hook takes, however it is made. */
export interface Call {
  readonly hook: HookName;
  /** In the environment of all processes that it begins. */
  readonly id: string;
  /** The container of the function's program, which runs. */
  readonly container: ChosenProgram;
  /** JSON. */
  readonly input: string;
  /** Aborts at its deadline, or when the operation ends that it is of. */
  readonly signal: AbortSignal;
}
