import { readFile } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { InteractiveExec, InteractiveOptions, OutputChunk } from '../console.ts';
import type { TerminalSize } from '../interactive.ts';
import { asking, engineError } from './errors.ts';

/** Length of what stands before each piece of output: which stream it is of, three zeros, its length. */
const header = 8;

export async function execInteractive(
  api: Docker,
  name: string,
  command: readonly string[],
  options: InteractiveOptions,
): Promise<InteractiveExec> {
  const what = `running ${command[0]} in ${name}`;
  return asking(what, async () => {
    const { tty, size } = options;
    const handle = await create(api, name, command, options, true);
    // Docker takes the terminal's size as ConsoleSize, Podman as h and w: a program may ask for it at once.
    const console =
      tty && size ? { h: size.rows, w: size.columns, ConsoleSize: [size.rows, size.columns] } : {};
    const stream = await handle.start({
      hijack: true,
      stdin: true,
      Tty: tty,
      ...console,
    } as Docker.ExecStartOptions);
    // Docker before 23 takes no size from there (API 1.42).
    if (tty && size) void resize(handle, size);
    return {
      input: stream,
      output: outputOf(stream, tty, what),
      resize: (size) => resize(handle, size),
      hangUp: () => hangUp(handle, stream),
      exitCode: () => exitCodeOf(handle),
    };
  });
}

/**
 * Gives the program's terminal a size. One that has only just begun may have none yet, as far as the engine knows; one that has ended
 * has none any more. Podman says that it is done with a code that dockerode takes for a failure (201).
 */
async function resize(handle: Docker.Exec, { rows, columns }: TerminalSize): Promise<void> {
  for (const pause of [0, 20, 50, 100, 200, 500]) {
    await sleep(pause);
    const failed = await handle.resize({ h: rows, w: columns }).then(
      () => false,
      ({ statusCode }: { statusCode?: number }) => statusCode !== 201,
    );
    if (!failed) return;
  }
}

/** Starts a program in a container, and leaves it alone. */
export async function execDetached(
  api: Docker,
  name: string,
  command: readonly string[],
  options: InteractiveOptions,
): Promise<void> {
  await asking(`running ${command[0]} in ${name}`, async () => {
    const handle = await create(api, name, command, options, false);
    await handle.start({ Detach: true, Tty: options.tty });
  });
}

/** Takes apart what an engine sends when there is no terminal. */
export async function* frames(stream: AsyncIterable<Buffer>): AsyncGenerator<OutputChunk> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= header) {
      const end = header + rest.readUInt32BE(4);
      if (rest.length < end) break;
      yield { stream: rest[0] === 2 ? 'stderr' : 'stdout', data: rest.subarray(header, end) };
      rest = rest.subarray(end);
    }
  }
}

function create(
  api: Docker,
  name: string,
  command: readonly string[],
  { tty, user, workingDir, environment, privileged }: InteractiveOptions,
  attach: boolean,
): Promise<Docker.Exec> {
  return api.getContainer(name).exec({
    Cmd: [...command],
    AttachStdin: attach,
    AttachStdout: attach,
    AttachStderr: attach,
    Tty: tty,
    ...(privileged && { Privileged: true }),
    ...(user !== undefined && { User: user }),
    ...(workingDir !== undefined && { WorkingDir: workingDir }),
    ...(environment && { Env: [...environment] }),
  });
}

/** What a program prints, taken apart by stream where it has no terminal. */
export function outputOf(
  stream: AsyncIterable<Buffer>,
  tty: boolean,
  what: string,
): AsyncGenerator<OutputChunk> {
  return reading(tty ? terminalOutput(stream) : frames(stream), what);
}

async function* terminalOutput(stream: AsyncIterable<Buffer>): AsyncGenerator<OutputChunk> {
  for await (const data of stream) yield { stream: 'stdout', data };
}

async function* reading(output: AsyncGenerator<OutputChunk>, what: string): AsyncGenerator<OutputChunk> {
  try {
    yield* output;
  } catch (cause) {
    throw engineError(cause, what);
  }
}

/** Engines leave such a program alone, with its output going nowhere: `yes` would run on for good. */
async function hangUp(handle: Docker.Exec, stream: Duplex): Promise<void> {
  stream.destroy();
  const { Running, Pid, ContainerID } = await handle.inspect();
  if (!Running || !Pid) return;
  // The engine may live on another host, or the process have ended since: its cgroup says whose it is.
  const cgroup = await readFile(`/proc/${Pid}/cgroup`, 'utf8').catch(() => '');
  if (cgroup.includes(ContainerID)) process.kill(Pid, 'SIGHUP');
}

/** The output may end a moment before the engine knows that the program has. */
async function exitCodeOf(handle: Docker.Exec): Promise<number> {
  for (let look = 0; look < 100; look++) {
    const { Running, ExitCode } = await handle.inspect();
    if (!Running) return ExitCode ?? -1;
    await sleep(20);
  }
  return -1;
}
