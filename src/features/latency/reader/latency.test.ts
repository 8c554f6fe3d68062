import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { specOf } from '../../../../test/support/compose.ts';
import { readLatency, toRecord } from './latency.ts';
import type { Packet, Run } from './run.ts';

const here = new Set(['here']);
const pair = { from: 'web', to: 'db' };

function run(start: number, packets: Packet[], planned = packets.length): Run {
  return { boot: 'here', start, every: 200, planned, missed: 0, packets, to: '10.89.0.5:2112' };
}

function failed(start: number): Run {
  return { boot: 'here', start, every: 200, planned: 25, missed: 0, packets: [], error: 'refused' };
}

describe('the record of a pair', () => {
  test('counts what nobody was there to answer as lost', () => {
    const quarter: Packet[] = Array.from({ length: 15 }, () => [1e6, 2e6]);
    const record = toRecord(
      pair,
      [run(0, quarter), failed(3000), failed(4000), run(5000, ['up', 'down'])],
      here,
    );
    expect(record.packets).toEqual({
      due: 27,
      sent: 17,
      received: 15,
      lost: 12,
      lostSending: 1,
      lostReturning: 1,
    });
    expect(record.loss).toBeCloseTo((100 * 12) / 27);
    expect(record.lastFailure).toEqual({ at: '1970-01-01T00:00:04.000Z', reason: 'refused' });
    expect(record.sendDelay).toMatchObject({ min: 1, p99: 1, jitter: 0 });
    expect(record.roundTrip).toMatchObject({ min: 3, p99: 3 });
  });

  test('without any answer is a loss of 100 %, not silence', () => {
    const record = toRecord(
      { ...pair, objective: { p99: '20ms', loss: '1%' } },
      [failed(0), failed(1000)],
      here,
    );
    expect(record).toMatchObject({ loss: 100, sendDelay: null, clockErrorBound: null });
    expect(record.objective).toEqual([
      { figure: 'p99', limit: 20, observed: null, met: null },
      { figure: 'loss', limit: 1, observed: 100, met: false },
    ]);
  });

  test('of a window in which nothing ran says so', () => {
    expect(toRecord(pair, [], here)).toMatchObject({ first: null, loss: null, roundTrip: null });
  });
});

describe('an objective', () => {
  const observed = (p99: string, boots: ReadonlySet<string>) =>
    toRecord({ ...pair, objective: { p99 } }, [run(0, [[4e6, 6e6]])], boots).objective[0];

  test('is met or missed, with the figure', () => {
    expect(observed('4.1ms', here)).toEqual({ figure: 'p99', limit: 4.1, observed: 4, met: true });
    expect(observed('3.9ms', here)).toMatchObject({ met: false });
  });

  test('is undecided where the clocks do not tell', () => {
    // Two clocks: 5 ms, give or take 5 ms.
    expect(observed('9ms', new Set())).toMatchObject({ observed: 5, met: null });
    expect(observed('10ms', new Set())).toMatchObject({ met: true });
  });
});

describe('reading', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-latency-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const spec = specOf(`
services: { web: { image: a }, db: { image: a }, job: { image: a } }
x-heddle: { manage: { latency: [{ from: web, to: db, objective: { p50: 20ms } }, { from: job, to: db }] } }
`);
  const line = (start: number) => `${JSON.stringify(run(start, [[1e6, 1e6]]))}\n`;

  test('takes what both files of a sender have, and one record a pair', async () => {
    mkdirSync(path.join(folder, 'latency'));
    writeFileSync(path.join(folder, 'latency', 'web:db.jsonl.1'), line(1000));
    writeFileSync(path.join(folder, 'latency', 'web:db.jsonl'), line(6000));
    writeFileSync(path.join(folder, 'latency', 'db.boots'), 'before\nhere\n');
    const records = await readLatency(folder, spec, {});
    expect(records).toMatchObject([
      { from: 'web', to: 'db', packets: { due: 2 }, clockErrorBound: { basis: 'same clock' } },
      { from: 'job', to: 'db', packets: { due: 0 }, clockErrorBound: null },
    ]);
    expect(await readLatency(folder, spec, { from: 'job', to: 'db' })).toHaveLength(1);
    expect(await readLatency(folder, spec, { since: 5000 })).toMatchObject([
      { packets: { due: 1 } },
      { packets: { due: 0 } },
    ]);
  });

  test('of a pair that is not measured says what to write', async () => {
    await expect(readLatency(folder, spec, { from: 'db', to: 'web' })).rejects.toMatchObject({
      code: 'ERR_FEATURE_IMPOSSIBLE',
      hint: expect.stringContaining('from: db, to: web'),
    });
  });
});
