import { availableParallelism } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { HeddleError, toHeddleError } from '../../lib/errors.ts';
import { busyCores, processorTime } from '../../lib/processor-time.ts';
import { type LinkUse, linkBytes, linkSpeed, usedLinks } from './links.ts';
import type { Figures, Test } from './measurement.ts';
import type { MeasuredPath } from './paths/path.ts';
import { Program, patience } from './program.ts';
import { toolFor } from './tools/tools.ts';

/** Milliseconds for which it is looked what the host does beside, before a turn. */
const look = 250;

export interface Measured {
  /** Cores that were busy before it began: with something else. */
  readonly beside: number;
  readonly figures?: Figures;
  readonly links?: readonly LinkUse[];
  readonly failure?: string;
  /** What the client's program printed. */
  readonly raw: string;
}

/** How a turn is carried out. */
export interface TurnOptions {
  /** For which it measures. */
  readonly seconds: number;
  /** For files that tools need. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/**
 * Carries out a test of a path. That it could not be measured is a result as well.
 * @throws HeddleError ERR_INTERRUPTED
 */
export async function measureTurn(path: MeasuredPath, test: Test, options: TurnOptions): Promise<Measured> {
  const { seconds, signal } = options;
  const beside = await busyNow();
  const tool = toolFor(test);
  try {
    await using stack = new AsyncDisposableStack();
    if (test.kind === 'latency' && test.underLoad) {
      const load = { kind: 'throughput', streams: 8 } as const;
      await begun(stack, path, load, { ...options, seconds: seconds + patience / 1000 });
    }
    const client = await begun(stack, path, test, options);
    const [began, busyBefore, bytes] = [performance.now(), processorTime(), linkBytes()];
    const raw = await client.printed(seconds * 1000 + (tool.patience ?? patience));
    const took = (performance.now() - began) / 1000;
    const busy = processorTime().busy - busyBefore.busy;
    const links = usedLinks(bytes, linkBytes(), took, linkSpeed);
    try {
      return { beside, figures: withCost(tool.figures(raw, took), busy, seconds), links, raw };
    } catch (error) {
      return { beside, failure: toHeddleError(error).message, raw };
    }
  } catch (error) {
    if (signal.aborted) throw interrupted();
    return { beside, failure: toHeddleError(error).message, raw: '' };
  }
}

/** Starts what a test takes at both ends, and returns the client’s. Both end with the stack. */
async function begun(
  stack: AsyncDisposableStack,
  { client, server }: MeasuredPath,
  test: Test,
  { seconds, folder, signal }: TurnOptions,
): Promise<Program> {
  const tool = toolFor(test);
  const { port } = stack.use(await server.serve(test, { folder, signal }));
  const place = { address: server.address, port, folder };
  await tool.prepare?.client?.(place);
  return stack.use(new Program([...client, ...tool.client(place, seconds)], signal));
}

async function busyNow(): Promise<number> {
  const before = processorTime();
  await wait(look);
  return busyCores(before, processorTime(), availableParallelism());
}

/** What the processors of this host did for it: what they do beside is in it as well. */
function withCost(figures: Figures, busy: number, seconds: number): Figures {
  const { bitsPerSecond } = figures;
  if (bitsPerSecond === undefined || bitsPerSecond === 0) return figures;
  return { ...figures, cpuSecondsPerGigabit: busy / ((bitsPerSecond * seconds) / 1e9) };
}

export function interrupted(): HeddleError {
  return new HeddleError('ERR_INTERRUPTED', 'the benchmark was interrupted');
}
