import type { FunctionHook, HookName } from '../../descriptor/function-hooks.ts';
import type { Engine } from '../../engines/engine.ts';
import { callCommand } from './command.ts';
import type { ChosenProgram } from './due.ts';
import { callHttp } from './http.ts';
import type { Answer } from './outcome.ts';

/** What a call of a hook takes. */
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

/** Calls a function's manager, and leaves nothing of the call behind. */
export function callManager(engine: Engine, how: FunctionHook, call: Call): Promise<Answer> {
  return 'http' in how ? callHttp(how.http, call) : callCommand(engine, how.command, call);
}
