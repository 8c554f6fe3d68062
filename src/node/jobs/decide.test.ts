import { describe, expect, test } from 'vitest';
import { at, noon, rank } from '../../../test/support/job-ranks.ts';
import type { RankReport } from '../../monitor/jobs/status.ts';
import { decide, type JobMemory, unknownJob } from './decide.ts';

const job = { retries: 2 };
const starts = { 0: at(0), 1: at(0) };
const running: JobMemory = { run: 1, attempt: 1, phase: 'running', reason: null, startedAt: noon, starts };

function decided(
  memory: JobMemory,
  ranks: readonly RankReport[],
  { seconds = 60, isStopped = false, stuck = undefined as string | undefined } = {},
) {
  return decide(job, memory, { ranks, now: noon + seconds * 1000, isStopped, stuck });
}

const ended = (exitCode: number, seconds = 30) =>
  ({ state: 'ended', exitCode, finishedAt: at(seconds) }) as const;

describe('a run', () => {
  test('begins when all ranks have started, and is over when all have ended', () => {
    const ranks = [rank(0), rank(1, { startedAt: at(1) })];
    const begun = decided(unknownJob, ranks);
    expect(begun).toMatchObject({
      do: 'nothing',
      memory: { run: 1, attempt: 1, phase: 'running', startedAt: noon, starts: { 0: at(0), 1: at(1) } },
    });
    expect(decided(running, [rank(0), rank(1, ended(0))])).toMatchObject({
      do: 'nothing',
      memory: { phase: 'running' },
    });
    const over = decided(running, [rank(0, ended(0, 40)), rank(1, ended(0, 30))]);
    expect(over.memory).toMatchObject({ phase: 'ended', endedAt: noon + 40_000 });
    expect(decided(over.memory, [rank(0, ended(0)), rank(1, ended(0))]).do).toBe('nothing');
  });

  test('that all ranks begin anew is another', () => {
    const later = { startedAt: at(50) };
    expect(decided({ ...running, phase: 'ended' }, [rank(0, later), rank(1, later)]).memory).toMatchObject({
      run: 2,
      attempt: 1,
      phase: 'running',
      startedAt: noon + 50_000,
    });
  });

  test('whose engine does not know the exit code yet is not over', () => {
    const unknown = { state: 'ended', exitCode: null, finishedAt: at(1) } as const;
    expect(decided(running, [rank(0, unknown), rank(1, ended(0))])).toMatchObject({
      do: 'nothing',
      memory: { phase: 'running' },
    });
  });
});

describe('a rank that fails', () => {
  test('has all started again at once, and named is the one that was first', () => {
    const failed = [rank(0, ended(1, 31)), rank(1, ended(137, 30))];
    expect(decided(running, failed)).toMatchObject({
      do: 'restart',
      memory: { phase: 'restarting', run: 1, attempt: 2, reason: 'rank 1 ended by signal 9' },
    });
    const gone = [rank(0), rank(1, { state: 'missing', startedAt: null, node: 'two' })];
    expect(decided(running, gone)).toMatchObject({
      do: 'restart',
      memory: { reason: 'rank 1 on node two is not there any more' },
    });
    expect(decided(running, [rank(0), rank(1)], { stuck: 'rank 1 made no progress' })).toMatchObject({
      do: 'restart',
      memory: { attempt: 2, reason: 'rank 1 made no progress' },
    });
  });

  test('the second time waits, and after the last nothing is started again', () => {
    const failed = [rank(0, ended(3)), rank(1)];
    const second = decided({ ...running, attempt: 2 }, failed);
    expect(second).toMatchObject({
      do: 'nothing',
      memory: { phase: 'restarting', attempt: 3, notBefore: noon + 61_000 },
    });
    expect(decided(second.memory, failed, { seconds: 61 })).toMatchObject({
      do: 'restart',
      memory: { attempt: 3 },
    });
    const last = decided({ ...running, attempt: 3 }, failed);
    expect(last).toMatchObject({
      do: 'stop',
      memory: {
        phase: 'failed',
        reason: 'rank 0 ended with exit code 3; it was started again 2 times already',
      },
    });
    expect(decided(last.memory, [rank(0, ended(3)), rank(1, ended(143))]).do).toBe('nothing');
  });
});

describe('a node that was ended', () => {
  test('before the ranks were started again does so, and does not count it twice', () => {
    const begun: JobMemory = { ...running, phase: 'restarting', attempt: 2, reason: 'x' };
    expect(decided(begun, [rank(0, ended(137)), rank(1, ended(1))])).toEqual({
      do: 'restart',
      memory: begun,
    });
    // Some were, and some were not.
    expect(decided(begun, [rank(0, { startedAt: at(40) }), rank(1, ended(1))]).do).toBe('restart');
    const again = [rank(0, { startedAt: at(40) }), rank(1, { startedAt: at(41) })];
    const starting = { ...begun, isStarting: true };
    expect(decided(starting, again)).toMatchObject({
      do: 'nothing',
      memory: { phase: 'running', run: 1, attempt: 2 },
    });
    // Nobody but somebody else can have started them before that.
    expect(decided(begun, again).memory).toMatchObject({ phase: 'running', run: 2, attempt: 1 });
  });

  test('after the ranks were made, and before they were started, starts them', () => {
    const made = { state: 'created', startedAt: null } as const;
    expect(decided(unknownJob, [rank(0, made), rank(1, made)])).toMatchObject({
      do: 'start',
      memory: { run: 0, phase: 'waiting' },
    });
    // A run that was over is over: what begins is another.
    const over = { ...running, phase: 'failed', endedAt: noon } as const;
    const next = decided(over, [rank(0, made), rank(1, made)]);
    expect(next).toMatchObject({ do: 'start', memory: { phase: 'waiting', starts: {} } });
    expect(decided(next.memory, [rank(0), rank(1)]).memory).toMatchObject({
      run: 2,
      attempt: 1,
      phase: 'running',
    });
    const missing = { state: 'missing', startedAt: null } as const;
    expect(decided(unknownJob, [rank(0, made), rank(1, missing)])).toMatchObject({
      do: 'nothing',
      memory: { phase: 'waiting', reason: 'not there: shop-trainer-2; `heddle up` makes them' },
    });
  });
});

describe('a rank that started alone', () => {
  const alone = [rank(0), rank(1, { startedAt: at(50) })];

  test('is waited for a while: the others may start, too', () => {
    expect(decided(running, alone, { seconds: 55 }).do).toBe('nothing');
    const made = { state: 'created', startedAt: null } as const;
    expect(decided(unknownJob, [rank(0), rank(1, made)], { seconds: 5 }).do).toBe('nothing');
  });

  test('has all start again, which is no failure; one that cannot start is', () => {
    expect(decided(running, alone, { seconds: 65 })).toMatchObject({ do: 'restart', memory: { attempt: 1 } });
    const made = { state: 'created', startedAt: null } as const;
    expect(decided(unknownJob, [rank(0), rank(1, made)])).toMatchObject({
      do: 'restart',
      memory: { run: 1, attempt: 2, reason: 'rank 1 did not start' },
    });
  });
});

describe('what was over', () => {
  const over = { ...running, phase: 'failed' } as const;

  test('is ended again where ranks run still: their node could not be asked', () => {
    expect(decided(over, [rank(0, ended(3)), rank(1)])).toEqual({ do: 'stop', memory: over });
    expect(decided(over, [rank(0, ended(3)), rank(1, ended(143))]).do).toBe('nothing');
  });

  test('and begins with some of its ranks alone, has failed once', () => {
    const some = [rank(0, { startedAt: at(40) }), rank(1, ended(0))];
    expect(decided({ ...running, phase: 'ended' }, some)).toMatchObject({
      do: 'restart',
      memory: { run: 2, attempt: 2, reason: 'rank 1 did not start' },
    });
  });
});

test('a rank that is made anew beside those that run did not start', () => {
  const made = { state: 'created', startedAt: null } as const;
  expect(decided(running, [rank(0), rank(1, made)])).toMatchObject({
    do: 'restart',
    memory: { attempt: 2, reason: 'rank 1 did not start' },
  });
});

test('a rank whose end nobody noted was cut short, whatever its exit code', () => {
  for (const finishedAt of [null, at(-3600)])
    expect(decided(running, [rank(0), rank(1, { ...ended(0), finishedAt })])).toMatchObject({
      do: 'restart',
      memory: { reason: 'rank 1 was cut short with its host' },
    });
});

test('what was stopped by hand stays so, and what was over is over still', () => {
  const ranks = [rank(0, ended(143)), rank(1, ended(143))];
  expect(decided(running, ranks, { isStopped: true })).toMatchObject({
    do: 'nothing',
    memory: { phase: 'stopped' },
  });
  const over = { ...running, phase: 'ended' } as const;
  expect(decided(over, ranks, { isStopped: true }).memory).toBe(over);
  expect(decided(unknownJob, ranks, { isStopped: true }).memory).toMatchObject({
    phase: 'waiting',
    reason: 'it was not started',
  });
});
