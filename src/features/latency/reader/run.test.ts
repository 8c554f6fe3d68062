import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { dueIn, parseRun, type Run, runsOf } from './run.ts';

const root = path.resolve(import.meta.dirname, '../../../..');
/** As a sender wrote it, every third packet kept. */
const real =
  '{"boot":"2fe97055-3a96-4d0e-b86a-e233b27b2d63","start":1795315946288,"every":200,"planned":8,"to":"10.89.1.2:2112","missed":0,"packets":[[133788,135204],[353070,86344],[225407,78107],[533004,150749],[271582,106857],[176820,231284],[279637,130693],[219585,117318]]}';
const refused =
  '{"boot":"2fe97055-3a96-4d0e-b86a-e233b27b2d63","start":1795315960000,"every":200,"planned":25,"error":"read udp4 10.89.1.3:45722->10.89.1.2:2112: read: connection refused"}';

/** What compact.awk makes of irtt's output. */
function compacted(output: string): string {
  const variables = { boot: 'b', start: '1795315951298', every: '200', planned: '20' };
  const assignments = Object.entries(variables).flatMap(([name, value]) => ['-v', `${name}=${value}`]);
  const program = path.join(root, 'catalogue/images/irtt/compact.awk');
  return spawnSync('awk', [...assignments, '-f', program], { input: output, encoding: 'utf8' }).stdout;
}

function run(change: Partial<Run>): Run {
  const packets = Array.from({ length: 25 }, (): [number, number] => [1, 1]);
  return { boot: 'b', start: 0, every: 200, planned: 25, missed: 0, packets, ...change };
}

describe('a line of the sender', () => {
  test('is made of what irtt printed, delays and loss in the order of sending', () => {
    const output = readFileSync(path.join(root, 'test/fixtures/latency/irtt-cut-off.txt'), 'utf8');
    expect(parseRun(compacted(output).trimEnd())).toEqual({
      boot: 'b',
      start: 1795315951298,
      every: 200,
      planned: 20,
      to: '127.0.0.1:18450',
      missed: 0,
      packets: [[216679, 125843], [126847, 96843], 'lost'],
    });
  });

  test('says on which way a packet was lost, where irtt knows', () => {
    const packet = (lost: string) => `            "lost": "${lost}",\n            "delay": {},\n`;
    const output = ['true_up', 'true_down', 'true'].map(packet).join('');
    const line = compacted(
      `        "timer_misses": 0\n    "stats": {\n        "timer_misses": 2,\n${output}`,
    );
    expect(parseRun(line.trimEnd())).toMatchObject({ missed: 2, packets: ['up', 'down', 'lost'] });
  });

  test('holds the reason when there was no answer, whatever characters it has', () => {
    expect(parseRun(compacted('Error: lookup "x\\y": no such host\n').trimEnd())?.error).toMatch(
      /^lookup +x y : no such host$/,
    );
    expect(parseRun(compacted('').trimEnd())?.error).toBe('irtt ended without a result');
  });

  test.each(['', 'x', '{}', real.slice(0, 100), `${real.slice(0, 150)}}`])(
    'is passed over when it is %j',
    (text) => {
      expect(parseRun(text)).toBeUndefined();
    },
  );
});

describe('the runs of a window', () => {
  test('are those that began in it, in their order, without the line that is being written', () => {
    const text = `${refused}\n${real}\n${real.slice(0, 99)}`;
    const starts = (since: number, until: number) => runsOf(text, since, until).map(({ start }) => start);
    expect(starts(0, Number.POSITIVE_INFINITY)).toEqual([1795315946288, 1795315960000]);
    expect(starts(1795315946289, Number.POSITIVE_INFINITY)).toEqual([1795315960000]);
    expect(starts(0, 1795315960000)).toEqual([1795315946288]);
    expect(runsOf('', 0, 1)).toEqual([]);
  });
});

describe('packets due', () => {
  const answers = (count: number) => run({}).packets.slice(0, count);

  test('in a run that went to its end are those sent', () => {
    expect(dueIn(run({}), run({ start: 5000 }))).toBe(25);
  });

  test('are not those that a sender without a processor missed', () => {
    expect(dueIn(run({ packets: answers(20), missed: 5 }), run({ start: 5000 }))).toBe(20);
  });

  test('in a run without an answer are those of the time until the next', () => {
    expect(dueIn(run({ packets: [], error: 'refused' }), run({ start: 1000 }))).toBe(5);
  });

  test('in a run that was cut off are those of the time until the next, too', () => {
    expect(dueIn(run({ packets: [...answers(8), 'lost'] }), run({ start: 3000 }))).toBe(15);
  });

  test('are never more than a run had planned: after it, the sender itself may have been away', () => {
    expect(dueIn(run({ packets: [], error: 'refused' }), run({ start: 3_600_000 }))).toBe(25);
  });

  test('in a last run without an answer are one at least: no answer is no silence', () => {
    expect(dueIn(run({ packets: [], error: 'refused' }), undefined)).toBe(1);
  });
});
