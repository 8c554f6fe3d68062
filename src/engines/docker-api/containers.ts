import type Docker from 'dockerode';
import { HeddleError } from '../../lib/errors.ts';
import type { AttachOptions, InteractiveExec, ProcessTable } from '../console.ts';
import { asking } from './errors.ts';
import { outputOf } from './exec.ts';
import type { Flavour } from './flavours.ts';
import { taken } from './raw.ts';

export async function processes(
  api: Docker,
  name: string,
  options: Flavour['processOptions'],
): Promise<ProcessTable> {
  const table = (await asking(`looking at the processes of ${name}`, () =>
    api.getContainer(name).top({ ...options }),
  )) as { Titles?: string[]; Processes?: string[][] };
  return { titles: table.Titles ?? [], processes: table.Processes ?? [] };
}

export async function ended(api: Docker, name: string, signal: AbortSignal): Promise<number> {
  const answer = (await asking(`waiting for ${name}`, () =>
    api.getContainer(name).wait({ abortSignal: signal }),
  )) as { StatusCode?: number; Error?: { Message?: string } | null };
  if (answer.Error?.Message)
    throw new HeddleError('ERR_ENGINE', `waiting for ${name}: ${answer.Error.Message}`);
  return answer.StatusCode ?? -1;
}

export async function attach(
  api: Docker,
  name: string,
  { tty, input, detachKeys }: AttachOptions,
): Promise<InteractiveExec> {
  const what = `attaching to ${name}`;
  const container = api.getContainer(name);
  const query = {
    stream: '1',
    stdout: '1',
    stderr: '1',
    ...(input && { stdin: '1' }),
    ...(detachKeys !== undefined && { detachKeys }),
  };
  const stream = await asking(what, () =>
    taken(api, `/containers/${encodeURIComponent(name)}/attach?`, query),
  );
  return {
    input: stream,
    output: outputOf(stream, tty, what),
    resize: async ({ rows, columns: w }) => {
      // One that has just ended has no terminal any more.
      await container.resize({ h: rows, w }).catch(() => {});
    },
    hangUp: async () => {
      stream.destroy();
    },
    exitCode: () => ended(api, name, new AbortController().signal),
  };
}
