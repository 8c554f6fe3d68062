import { type HeddleError, isHeddleError } from '../../lib/errors.ts';
import { testText } from './measurement.ts';
import { lackOf } from './missing.ts';
import { kindNamed } from './paths/kinds.ts';
import type { MeasuredPath, PathTools } from './paths/path.ts';
import type { Result, Results, Run } from './results.ts';
import { schedule, secondsOf } from './schedule.ts';
import { openScratch } from './scratch.ts';
import { interrupted, measureTurn } from './turn.ts';

export interface BenchmarkTools extends PathTools {
  readonly signal: AbortSignal;
  /** Told of each turn that is over. */
  over(result: Result, left: number): void;
  /** Told of a network or a test that this host cannot do, where nobody has named it. */
  leftOut(what: string, why: HeddleError): void;
}

/** The tests that cannot be carried out here. @throws HeddleError ERR_MEASURE of those that were named, or where there is no other */
async function lackingOf(
  { tests, areTestsChosen }: Run,
  tools: Pick<BenchmarkTools, 'leftOut'>,
): Promise<ReadonlySet<string>> {
  const lacking = new Map<string, HeddleError>();
  for (const test of tests) {
    const lack = await lackOf(test);
    if (lack) lacking.set(testText(test), lack);
  }
  for (const [name, lack] of lacking) {
    if (areTestsChosen || lacking.size === tests.length) throw lack;
    tools.leftOut(name, lack);
  }
  return new Set(lacking.keys());
}

/**
 * Measures what is left of a run, and keeps each result as soon as it is there. What it makes is taken away however it ends.
 * @throws HeddleError ERR_INTERRUPTED, ERR_MEASURE, and what keeps a network from being made
 */
export async function carryOut(results: Results, tools: BenchmarkTools): Promise<void> {
  const { run } = results;
  const lacking = await lackingOf(run, tools);
  const turns = results
    .left(schedule(run.paths, run.tests, run))
    .filter(({ test }) => !lacking.has(testText(test)));
  // Of one that was killed.
  for (const name of run.paths) await kindNamed(name).clear(run.id, tools);
  if (turns.length === 0) return;
  await using stack = new AsyncDisposableStack();
  const { folder } = stack.use(await openScratch(run.id));
  const paths = new Map<string, MeasuredPath>();
  for (const name of new Set(turns.map(({ path }) => path))) {
    if (tools.signal.aborted) throw interrupted();
    try {
      paths.set(name, stack.use(await kindNamed(name).open(run.id, tools)));
    } catch (error) {
      if (run.isChosen || !isHeddleError(error)) throw error;
      tools.leftOut(name, error);
    }
  }
  const possible = turns.filter((turn) => paths.has(turn.path));
  for (const [at, turn] of possible.entries()) {
    if (tools.signal.aborted) throw interrupted();
    const path = paths.get(turn.path);
    if (!path) continue;
    const began = new Date().toISOString();
    const { raw, ...came } = await measureTurn(path, turn.test, {
      seconds: secondsOf(turn.test, run.seconds),
      folder,
      signal: tools.signal,
    });
    const result = { ...turn, at: began, ...came };
    results.add(result, raw);
    tools.over(result, possible.length - at - 1);
  }
}
