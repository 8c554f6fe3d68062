import type { FunctionHook } from '../../descriptor/function-hooks.ts';
import type { Engine } from '../../engines/engine.ts';
import type { Call } from './call.ts';
import { callCommand } from './command.ts';
import { callHttp } from './http.ts';
import type { Answer } from './outcome.ts';

/** Calls a function's manager, and leaves nothing of the call behind. */
export function callManager(engine: Engine, how: FunctionHook, call: Call): Promise<Answer> {
  return 'http' in how ? callHttp(how.http, call) : callCommand(engine, how.command, call);
}
