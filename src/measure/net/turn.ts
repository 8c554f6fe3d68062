import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { HeddleError, toHeddleError } from '../../lib/errors.ts';
import { parseListening } from '../../lib/listening.ts';
import type { Figures, Test } from './measurement.ts';
import type { MeasuredPath } from './paths/path.ts';
import { busyCores, processorTime } from './processor.ts';
import { lastWords } from './tools/last-words.ts';
import { toolFor } from './tools/tool.ts';

/** Milliseconds in which a server has to listen, and that a client may take beside what it measures. */
const patience = 10_000;
/** Of TCP: below those that systems give out by themselves (RFC 6335, 6). One for each turn: the last is not free at once. */
const ports = { first: 27_000, count: 1000 } as const;
let turnsSoFar = 0;

/** Milliseconds for which it is looked what the host does beside, before a turn. */
const look = 250;

export interface Measured {
  /** Cores that were busy before it began: with something else. */
  readonly beside: number;
  readonly figures?: Figures;
  readonly failure?: string;
  /** What the client's program printed. */
  readonly raw: string;
}

/**
 * Carries out a test of a path. That it could not be measured is a result as well.
 * @throws HeddleError ERR_INTERRUPTED, ERR_MEASURE when a program is not installed
 */
export async function measureTurn(
  path: MeasuredPath,
  test: Test,
  seconds: number,
  signal: AbortSignal,
): Promise<Measured> {
  const tool = toolFor(test);
  const beside = await busyNow();
  const port = ports.first + (turnsSoFar++ % ports.count);
  const server = start([...path.server, ...tool.server(path.address, port)], signal);
  await using _load =
    test.kind === 'latency' && test.underLoad ? await load(path, seconds, signal) : undefined;
  try {
    await listening(server, port);
    const client = start([...path.client, ...tool.client(path.address, port, seconds)], signal);
    const began = processorTime();
    const raw = await printed(client, seconds * 1000 + patience);
    const busy = processorTime().busy - began.busy;
    try {
      return { beside, figures: withCost(tool.figures(raw), busy, seconds), raw };
    } catch (error) {
      return { beside, failure: toHeddleError(error).message, raw };
    }
  } catch (error) {
    if (signal.aborted) throw interrupted();
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new HeddleError('ERR_MEASURE', `${tool.program} is not installed`, {
        cause: error,
        hint: `apt-get install ${tool.packageName}`,
      });
    return { beside, failure: toHeddleError(error).message, raw: '' };
  } finally {
    server.child.kill('SIGKILL');
    await server.ended;
  }
}

/** Streams that pass a path beside a measurement, until they are disposed of. */
async function load(path: MeasuredPath, seconds: number, signal: AbortSignal): Promise<AsyncDisposable> {
  const tool = toolFor({ kind: 'throughput', streams: 8 });
  const port = ports.first + (turnsSoFar++ % ports.count);
  const server = start([...path.server, ...tool.server(path.address, port)], signal);
  // Until it is ended, but not for ever: whoever ends it may be killed.
  const client = () =>
    start([...path.client, ...tool.client(path.address, port, seconds + patience / 1000)], signal);
  const started = [server];
  try {
    await listening(server, port);
    started.push(client());
  } catch {
    // It is said by the test that it was for: nothing passes there.
  }
  return {
    async [Symbol.asyncDispose]() {
      for (const { child } of started) child.kill('SIGKILL');
      await Promise.all(started.map(({ ended }) => ended));
    },
  };
}

async function busyNow(): Promise<number> {
  const before = processorTime();
  await wait(look);
  return busyCores(before, processorTime(), availableParallelism());
}

/** What the processor did for it, of both ends and all between: what the host does beside is in it as well. */
function withCost(figures: Figures, busy: number, seconds: number): Figures {
  const { bitsPerSecond } = figures;
  if (bitsPerSecond === undefined || bitsPerSecond === 0) return figures;
  return { ...figures, cpuSecondsPerGigabit: busy / ((bitsPerSecond * seconds) / 1e9) };
}

export function interrupted(): HeddleError {
  return new HeddleError('ERR_INTERRUPTED', 'the benchmark was interrupted');
}

interface Started {
  readonly child: ChildProcess;
  /** Never fails. */
  readonly ended: Promise<void>;
  /** Why it could not be started. */
  failure: Error | undefined;
  text: string;
}

function start([program = '', ...args]: readonly string[], signal: AbortSignal): Started {
  const child = spawn(program, args, { signal, killSignal: 'SIGKILL', stdio: ['ignore', 'pipe', 'pipe'] });
  const { promise, resolve } = Promise.withResolvers<void>();
  const started: Started = { child, ended: promise, failure: undefined, text: '' };
  child.on('error', (error) => {
    started.failure = error;
    resolve();
  });
  child.on('close', () => resolve());
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      started.text += chunk;
    });
  return started;
}

async function listening(server: Started, port: number): Promise<void> {
  const end = Date.now() + patience;
  while (!listens(server.child.pid, port)) {
    if (server.failure) throw server.failure;
    if (server.child.exitCode !== null || Date.now() > end)
      throw new HeddleError('ERR_MEASURE', `the server does not listen: ${lastWords(server.text)}`);
    await wait(20);
  }
}

/** In whichever network namespace it is. */
function listens(pid: number | undefined, port: number): boolean {
  if (pid === undefined) return false;
  try {
    const all = ['tcp', 'tcp6'].flatMap((name) =>
      parseListening('tcp', readFileSync(`/proc/${pid}/net/${name}`, 'utf8')),
    );
    return all.some((one) => one.port === port);
  } catch {
    return false;
  }
}

async function printed(client: Started, milliseconds: number): Promise<string> {
  const timer = setTimeout(() => client.child.kill('SIGKILL'), milliseconds);
  await client.ended;
  clearTimeout(timer);
  if (client.failure) throw client.failure;
  return client.text;
}
