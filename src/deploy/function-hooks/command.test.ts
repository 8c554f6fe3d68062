import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { Engine } from '../../engines/engine.ts';
import type { InteractiveExec } from '../../engines/interactive.ts';
import { callCommand } from './command.ts';
import type { ChosenProgram } from './due.ts';
import { most } from './outputs.ts';

const container = { id: 'a container that there is not', name: 'shop-fw-1' } as ChosenProgram;

const call = (execInteractive: () => Promise<InteractiveExec>, { signal } = new AbortController()) =>
  callCommand({ console: { execInteractive } } as unknown as Engine, ['m'], {
    hook: 'configure',
    id: 'ab',
    container,
    input: '{}',
    signal,
  });

function running(
  output: InteractiveExec['output'],
  { exitCode = async () => 0, input = new PassThrough() } = {},
): InteractiveExec {
  return { input, output, exitCode, resize: async () => {}, hangUp: async () => {} };
}

async function* printed(...pieces: string[]) {
  for (const piece of pieces) yield { stream: 'stdout' as const, data: Buffer.from(piece) };
}

test('one that the engine begins after its deadline is told nothing, and ended', async () => {
  const input = new PassThrough();
  const late = new AbortController();
  const answer = call(async () => {
    await once(late.signal, 'abort');
    return running(printed(), { input });
  }, late);
  late.abort();
  expect(await answer).toEqual({ kind: 'failed', why: 'it did not end in time', said: '' });
  expect(input.read()).toBeNull();
  expect(input.destroyed).toBe(true);
});

test('its deadline ends the wait for its exit code as well', async () => {
  const late = new AbortController();
  const code = Promise.withResolvers<number>();
  const exitCode = () => {
    late.abort();
    setImmediate(() => code.resolve(0));
    return code.promise;
  };
  expect(await call(async () => running(printed('{}'), { exitCode }), late)).toMatchObject({
    kind: 'failed',
    why: 'it did not end in time',
  });
});

test('one that puts out too much is ended, and heard to its end', async () => {
  let isAtEnd = false;
  const output = (async function* () {
    yield* printed('x'.repeat(most.bytes + 1), 'y');
    isAtEnd = true;
  })();
  expect(await call(async () => running(output))).toMatchObject({ why: 'it put out more than 64 KiB' });
  expect(isAtEnd).toBe(true);
});

test('one of which the engine does not know how it ended has failed', async () => {
  const exitCode = async () => -1;
  expect(await call(async () => running(printed('{}'), { exitCode }))).toMatchObject({
    kind: 'failed',
    why: 'the engine does not say how it ended',
  });
});
