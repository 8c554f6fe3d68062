import { type ChildProcess, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answered, onBridge, pinging, removeNamespaces } from '../../support/endpoints.ts';
import { full } from '../../support/full.ts';
import { InPath } from '../../support/in-path.ts';
import { KillingPath } from '../../support/killing-path.ts';
import { echoing, streaming } from '../../support/stream.ts';
import { until } from '../../support/until.ts';

const ip = (...args: readonly string[]) => execFileSync('ip', args, { encoding: 'utf8' });

const addresses = { a: '10.98.0.2', b: '10.98.0.3' };
const names = ['fw', 'ids', 'shaper'];
/** Orders of a path by the places of functions among the names, each reached from the one before. */
const orders = [[0, 1, 2], [2, 1, 0], [1, 2], [1], [0, 1], [0, 1, 2], [1, 0, 2], [2, 0, 1]];

/** In the path of `b`, on a bridge with `a`. */
let path: InPath;
let server: ChildProcess;
/** What the host has when nothing is led. */
let before: string;

beforeAll(async () => {
  onBridge('hpath0', 'vp', addresses);
  server = await echoing('/run/netns/b', 80);
  before = ip('-br', 'link', 'show');
  path = await InPath.before('b', names);
});

afterAll(() => {
  server?.kill('SIGKILL');
  path?.end();
  ip('link', 'del', 'hpath0');
  removeNamespaces();
});

/** That questions to `b`, and their answers, pass each of the functions once, and no other. */
async function expectLed(order: readonly number[], when: string): Promise<void> {
  const [counts, questions] = [path.counts, 5];
  const counted = await path.counted(order);
  expect(await answered('a', addresses.b, questions), when).toBe(questions);
  const passed = path.counts.map((count, at) => count - (counts[at] ?? 0));
  expect(passed, when).toEqual(names.map((_, at) => (order.includes(at) ? 2 * questions : 0)));
  // A stream may go on beside: what came out is counted after what went in.
  for (const [at, [entered, left]] of (await path.counted(order)).entries()) {
    expect(entered - counted[at]![0], when).toBeGreaterThanOrEqual(questions);
    expect(left, when).toBeGreaterThanOrEqual(entered);
  }
  expect(await path.observed(), when).toEqual({
    pod: 'b',
    path: order.map((at) => `b-${names[at]}`),
    whole: true,
  });
}

describe('three functions in one path', () => {
  test('are passed in their order, in both directions', () => expectLed([0, 1, 2], 'at first'));

  test('come, go and change places, and no question is lost or goes around them', async () => {
    const stream = await streaming('/run/netns/a', addresses.b, 80);
    let order = orders[0]!;
    for (const next of orders.slice(1)) {
      const what = `${order} to ${next}`;
      const counts = path.counts;
      const ping = pinging('a', addresses.b);
      await until('it is answered', () => ping.answers > 10);
      await path.put('insert', {}, next);
      const already = ping.answers;
      await until('it is answered by the new way', () => ping.answers > already + 10);
      const { sent, lost } = await ping.stop();
      expect(lost, what).toBe(0);
      // Each that is in both orders has been passed by every question and every answer.
      for (const at of next.filter((each) => order.includes(each)))
        expect(path.counts[at]! - counts[at]!, what).toBeGreaterThanOrEqual(2 * sent);
      await expectLed(next, what);
      order = next;
    }
    expect((await stream.goesOn()).answers).toBeGreaterThan(20);
    stream.kill();
  });

  test('one that was started anew takes the place of the one before', async () => {
    await path.put('insert');
    const ping = pinging('a', addresses.b);
    await until('it is answered', () => ping.answers > 10);
    await path.start(1);
    expect((await path.observed())?.whole).toBe(false);
    await path.put('insert');
    const already = ping.answers;
    await until('it is answered by the new way', () => ping.answers > already + 10);
    expect((await ping.stop()).lost).toBe(0);
    await expectLed([0, 1, 2], 'with a new one');
  });

  test('killed at any command, no question goes around them, and the next attempt ends as it should', async () => {
    let killed = 0;
    for (let command = 1; command < 25; command += full ? 1 : 5) {
      const when = command % 2 === 0 ? 'before' : 'after';
      for (const [from, to] of [
        [
          [0, 1, 2],
          [2, 0, 1],
        ],
        [
          [2, 0, 1],
          [2, 1],
        ],
        [
          [2, 1],
          [0, 1, 2],
        ],
      ] as const) {
        await path.put('insert', {}, from);
        const counts = path.counts;
        const ping = pinging('a', addresses.b);
        await until('it is answered', () => ping.answers > 10);
        using killing = new KillingPath();
        killing.arm(command, when);
        await path.put('insert', killing.environment, to).catch(() => {});
        if (killing.hasKilled) killed++;
        const { sent } = await ping.stop();
        const what = `${from} to ${to}, killed ${when} command ${command}`;
        expect(path.counts[1]! - counts[1]!, what).toBeGreaterThanOrEqual(2 * sent);
        await path.put('insert', {}, to);
        await expectLed(to, what);
      }
    }
    expect(killed).toBeGreaterThan(5);
  });

  test('nothing is left of them when they are taken out, whenever that was killed', async () => {
    let killed = 0;
    for (let command = 1; command < 12; command += full ? 1 : 3) {
      await path.put('insert');
      using killing = new KillingPath();
      killing.arm(command, 'after');
      await path.put('remove', killing.environment).catch(() => {});
      if (killing.hasKilled) killed++;
      await path.put('remove');
      await until('it is reached', async () => (await answered('a', addresses.b, 1)) === 1);
      expect(ip('netns', 'list')).not.toContain('.patch');
      expect(existsSync('/run/heddle-patch')).toBe(false);
      // What another test has left may go meanwhile.
      const known = namesIn(before);
      expect(namesIn(ip('-br', 'link', 'show')).filter((name) => !known.includes(name))).toEqual([]);
    }
    expect(killed).toBeGreaterThan(2);
    const counts = path.counts;
    expect(await answered('a', addresses.b, 3)).toBe(3);
    expect(path.counts).toEqual(counts);
  });
});

function namesIn(links: string): string[] {
  return links
    .split('\n')
    .map((line) => line.split(/[@ ]/)[0] ?? '')
    .sort();
}
