import { type ChildProcess, type ChildProcessByStdio, type SpawnOptions, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { HeddleError } from '../../lib/errors.ts';
import { sizeText } from '../../lib/size-text.ts';
import type {
  ExecOptions,
  ExecResult,
  InteractiveExec,
  InteractiveOptions,
  OutputChunk,
} from '../console.ts';
import { entryVariables, entryWords } from './entry.ts';
import type { LxcFolders } from './folders.ts';
import type { LxcRecord } from './record.ts';
import { type LxcUser, userIn } from './root-fs.ts';
import { infoOf } from './state.ts';

/** Bytes that a program in a container may print for the node. */
const mostPrinted = 64 * 2 ** 20;

type Options = Pick<ExecOptions, 'user' | 'privileged' | 'workingDir' | 'environment'>;

/** How a program is run in a container: its variables are in no list of arguments, which all on the host can read. */
export interface Attached {
  readonly words: readonly string[];
  /** `KEY=VALUE`. */
  readonly environment: readonly string[];
}

/**
 * What runs a program in a container.
 * @throws HeddleError ERR_SERVICE_NOT_RUNNING, ERR_ENGINE for a user that the image does not know
 */
export async function attachedTo(
  { name, process }: LxcRecord,
  folders: LxcFolders,
  command: readonly string[],
  { user, privileged, workingDir = process.workingDir, environment = [] }: Options,
): Promise<Attached> {
  const { pid } = await infoOf(name, folders);
  if (pid === undefined) throw new HeddleError('ERR_SERVICE_NOT_RUNNING', `${name} does not run`);
  const { uid, gid, home } = user === undefined ? process : userOf(pid, user);
  const own = Object.entries({ HOME: home, ...process.environment }).map(([key, value]) => `${key}=${value}`);
  const words = [
    ...['lxc-attach', '-q', '-P', folders.containers, '-n', name, '--clear-env'],
    ...['-u', String(uid), '-g', String(gid)],
    ...(privileged ? ['-e'] : []),
    '--',
    ...entryWords(workingDir, command),
  ];
  return { words, environment: [...own, ...environment] };
}

/** One that is said by numbers need not be looked for in the container. */
function userOf(pid: number, user: string): Pick<LxcUser, 'uid' | 'gid' | 'home'> {
  const [, uid, gid] = /^(\d+):(\d+)$/.exec(user) ?? [];
  if (uid === undefined || gid === undefined) return userIn(`/proc/${pid}/root`, user);
  return { uid: Number(uid), gid: Number(gid), home: uid === '0' ? '/root' : '/' };
}

type Streams = readonly ('pipe' | 'ignore')[];

/** Starts it. Its streams are there where they are asked for as pipes. */
export function spawnIn(
  { words: [program = '', ...args], environment }: Attached,
  streams: Streams,
  options: Pick<SpawnOptions, 'detached'> = {},
): ChildProcessByStdio<Writable, Readable, Readable> {
  const child = spawn(program, args, { ...options, stdio: [...streams, 'pipe'] });
  const variables = child.stdio[3] as Writable | null | undefined;
  // It may not start, or be over before it has read them.
  variables?.on('error', () => {});
  variables?.end(entryVariables(environment));
  return child as unknown as ChildProcessByStdio<Writable, Readable, Readable>;
}

/** Runs it to its end. @throws HeddleError ERR_TIMEOUT, ERR_ENGINE */
export async function execToEnd(
  attached: Attached,
  { timeout = 30_000, what }: { readonly timeout?: number; readonly what: string },
): Promise<ExecResult> {
  const child = spawnIn(attached, ['ignore', 'pipe', 'pipe']);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    endAll(child);
  }, timeout);
  const printed = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  let size = 0;
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > mostPrinted) endAll(child);
      else printed[stream].push(chunk);
    });
  const exitCode = await endOf(child, what).finally(() => clearTimeout(timer));
  if (isLate) throw new HeddleError('ERR_TIMEOUT', `${what}: no end after ${timeout} ms`);
  if (size > mostPrinted)
    throw new HeddleError('ERR_ENGINE', `${what}: it printed more than ${sizeText(mostPrinted)}`);
  const text = (chunks: readonly Buffer[]) => Buffer.concat(chunks).toString('utf8');
  return { exitCode, stdout: text(printed.stdout), stderr: text(printed.stderr) };
}

/** Runs it with its streams joined to the caller's. */
export function execJoined(
  attached: Attached,
  what: string,
  { tty }: Pick<InteractiveOptions, 'tty'>,
): InteractiveExec {
  if (tty)
    throw new HeddleError('ERR_COMPOSE_UNSUPPORTED', `${what}: with LXC there is no terminal`, {
      hint: 'say -T, or take lxc-attach',
    });
  const child = spawnIn(attached, ['pipe', 'pipe', 'pipe']);
  const ended = endOf(child, what);
  ended.catch(() => {});
  // A program need not read what it is given.
  child.stdin.on('error', () => {});
  return {
    input: child.stdin,
    output: outputOf(child),
    resize: async () => {},
    hangUp: async () => {
      child.kill('SIGHUP');
    },
    exitCode: () => ended,
  };
}

/** Starts it, and leaves it alone. */
export async function execAlone(attached: Attached): Promise<void> {
  const child = spawnIn(attached, ['ignore', 'ignore', 'ignore'], { detached: true });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  child.unref();
}

/** Ends a program in a container, and what that has started: it leads a session of its own (`shim/entry`). */
function endAll(child: ChildProcess): void {
  for (const pid of childrenOf(child.pid))
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {}
  child.kill('SIGKILL');
}

function childrenOf(pid: number | undefined): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** Milliseconds in which what was printed is read to its end: others may have what it printed to, and go on. */
const last = 500;

/** A shell says 128 and the signal's number of what a signal ended. */
function endOf(child: ChildProcess, what: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on('error', (cause) =>
      reject(new HeddleError('ERR_ENGINE', `${what}: ${cause.message}`, { cause })),
    );
    child.on('close', (code) => resolve(code ?? 137));
    child.on('exit', () => {
      setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, last).unref();
    });
  });
}

async function* outputOf({
  stdout,
  stderr,
}: ChildProcessByStdio<Writable, Readable, Readable>): AsyncGenerator<OutputChunk> {
  const waiting: OutputChunk[] = [];
  let wake = Promise.withResolvers<void>();
  let open = 2;
  for (const [stream, source] of [
    ['stdout', stdout],
    ['stderr', stderr],
  ] as const) {
    source.on('data', (data: Buffer) => {
      waiting.push({ stream, data });
      if (waiting.length > 64) source.pause();
      wake.resolve();
    });
    source.on('close', () => {
      open--;
      wake.resolve();
    });
  }
  while (open > 0 || waiting.length > 0) {
    const next = waiting.shift();
    if (next) yield next;
    else {
      stdout.resume();
      stderr.resume();
      await wake.promise;
      wake = Promise.withResolvers<void>();
    }
  }
}
