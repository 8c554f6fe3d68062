import { isHeddleError } from '../../lib/errors.ts';
import { kindNamed } from './paths/kinds.ts';
import type { MeasuredPath, PathTools } from './paths/path.ts';
import type { Result, Results } from './results.ts';
import { schedule } from './schedule.ts';
import { interrupted, measureTurn } from './turn.ts';

export interface BenchmarkTools extends PathTools {
  readonly signal: AbortSignal;
  /** Told of each turn that is over. */
  over(result: Result, left: number): void;
  /** Told of a network that this host cannot do, where nobody has named it. */
  leftOut(name: string, why: string): void;
}

/**
 * Measures what is left of a run, and keeps each result as soon as it is there. What it makes is taken away however it ends.
 * @throws HeddleError ERR_INTERRUPTED, ERR_MEASURE, and what keeps a network from being made
 */
export async function carryOut(results: Results, tools: BenchmarkTools): Promise<void> {
  const { run } = results;
  const turns = results.left(schedule(run.paths, run.tests, run));
  if (turns.length === 0) return;
  const names = [...new Set(turns.map(({ path }) => path))];
  // Of one that was killed.
  for (const name of names) await kindNamed(name).clear(run.id, tools);
  await using stack = new AsyncDisposableStack();
  const paths = new Map<string, MeasuredPath>();
  for (const name of names) {
    if (tools.signal.aborted) throw interrupted();
    try {
      paths.set(name, stack.use(await kindNamed(name).open(run.id, tools)));
    } catch (error) {
      if (run.isChosen || !isHeddleError(error)) throw error;
      tools.leftOut(name, error.message);
    }
  }
  const possible = turns.filter((turn) => paths.has(turn.path));
  for (const [at, turn] of possible.entries()) {
    if (tools.signal.aborted) throw interrupted();
    const path = paths.get(turn.path);
    if (!path) continue;
    const began = new Date().toISOString();
    const { raw, ...came } = await measureTurn(path, turn.test, run.seconds, tools.signal);
    const result = { ...turn, at: began, ...came };
    results.add(result, raw);
    tools.over(result, possible.length - at - 1);
  }
}
