import { expect, test } from 'vitest';
import type { Engine } from '../../engines/engine.ts';
import { callCommand } from './command.ts';
import type { ChosenProgram } from './due.ts';

test('an engine that does not answer holds up nobody for good, and is not taken for one that has ended it', async () => {
  const execInteractive = () => new Promise(() => {});
  const call = callCommand({ console: { execInteractive } } as unknown as Engine, ['m'], {
    hook: 'configure',
    id: 'ab',
    container: { id: 'a container that there is not', name: 'shop-fw-1' } as ChosenProgram,
    input: '{}',
    signal: AbortSignal.timeout(10),
  });
  await expect(call).rejects.toMatchObject({
    code: 'ERR_FUNCTION_HOOK',
    message: 'shop-fw-1: the engine does not say that its hook has ended',
  });
});
