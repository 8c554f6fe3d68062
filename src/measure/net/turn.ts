import { availableParallelism } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { HeddleError, toHeddleError } from '../../lib/errors.ts';
import { busyCores, processorTime } from '../../lib/processor-time.ts';
import type { Figures, Test } from './measurement.ts';
import type { MeasuredPath } from './paths/path.ts';
import { freePort, Program, patience } from './program.ts';
import type { Tool } from './tools/tool.ts';
import { toolFor } from './tools/tools.ts';

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
  const beside = await busyNow();
  const tool = toolFor(test);
  try {
    await using stack = new AsyncDisposableStack();
    if (test.kind === 'latency' && test.underLoad)
      await begun(
        stack,
        path,
        toolFor({ kind: 'throughput', streams: 8 }),
        seconds + patience / 1000,
        signal,
      );
    const client = await begun(stack, path, tool, seconds, signal);
    const began = processorTime();
    const raw = await client.printed(seconds * 1000 + patience);
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
        hint: `apt-get install ${tool.program}`,
      });
    return { beside, failure: toHeddleError(error).message, raw: '' };
  }
}

/** Starts a tool at both ends, and returns the client’s. Both end with the stack. */
async function begun(
  stack: AsyncDisposableStack,
  { client, server, address }: MeasuredPath,
  tool: Tool,
  seconds: number,
  signal: AbortSignal,
): Promise<Program> {
  const port = freePort();
  const listener = stack.use(new Program([...server, ...tool.server(address, port)], signal));
  await listener.listening(port);
  return stack.use(new Program([...client, ...tool.client(address, port, seconds)], signal));
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
