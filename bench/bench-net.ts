import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { median, ratios, summarize } from '../src/lib/statistics.ts';
import type { Compared } from '../src/measure/net/compared.ts';
import { until } from '../test/support/until.ts';
import { startHost } from './lib/bench-host.ts';
import { printed } from './lib/printed.ts';
import { atMost, benchmark, positive, type ReportOptions, startReport } from './lib/report.ts';
import { alternate, inWords, percent, say } from './lib/rounds.ts';

interface BenchNetOptions extends ReportOptions {
  readonly rounds: number;
}

const arms = ['by-hand', 'heddle'] as const;
/** What both measure of the host’s own path: by its name as Heddle has it. */
const tests = ['throughput, 1 stream', 'throughput, 8 streams', 'latency, 64 bytes'] as const;
type Figures = Readonly<Record<(typeof tests)[number], number>>;
/** Seconds of each test, as Heddle takes them. */
const seconds = 2;
const address = '127.0.0.1';
/** Another for each server: the one before is not free at once. */
let port = 26_000;

export function benchNet() {
  return benchmark('bench-net', 'what `heddle bench net` finds beside iperf3 and sockperf run by hand')
    .option('--rounds <n>', 'rounds, each way once in each', positive, 12)
    .action(measure);
}

async function measure(options: BenchNetOptions): Promise<void> {
  const report = startReport('bench-net', options);
  await using started = await startHost();
  const { host } = started;
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-bench-net-'));
  const byHeddle = async (round: number): Promise<Figures> => {
    // Five tests, each with a second in which it begins and ends.
    const time = `${5 * (seconds + 1)}s`;
    const kinds = ['--test', 'throughput', '--test', 'latency'];
    const where = ['--out', path.join(folder, String(round))];
    const rows = await host.json<Compared[]>(
      'bench',
      'net',
      'host',
      '--rounds',
      '1',
      '--time',
      time,
      ...kinds,
      ...where,
    );
    return figuresFrom((test) => rows.find((row) => row.test === test)?.median ?? Number.NaN);
  };
  try {
    const found = await alternate(arms, options.rounds, async (arm, round) => {
      const figures = arm === 'heddle' ? await byHeddle(round) : await byHand();
      say(`round ${round + 1}, ${arm}: ${tests.map((test) => inUnits(test, figures[test])).join(', ')}`);
      return figures;
    });
    const shares = tests.map((test) => {
      const of = (arm: (typeof arms)[number]) => found[arm].map((one) => one[test]);
      for (const arm of arms)
        say(`${test}, ${arm}: ${inWords(summarize(of(arm)), (value) => inUnits(test, value))}`);
      return ratios(of('heddle'), of('by-hand'));
    });
    report.save(
      { ...options, seconds, found },
      tests.map((test, index) =>
        atMost(`${test}: difference of the medians`, 0.03, Math.abs(median(shares[index] ?? []) - 1)),
      ),
      [
        {
          title: 'What Heddle finds of what is found by hand',
          x: '',
          y: 'ratio',
          series: tests.map((name, index) => {
            const { mean, interval } = summarize(shares[index] ?? []);
            return { name, points: [interval ? { x: '', y: mean, interval } : { x: '', y: mean }] };
          }),
        },
      ],
    );
    say(`largest difference: ${percent(Math.max(...shares.map((all) => Math.abs(median(all) - 1))))}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function byHand(): Promise<Figures> {
  const stream = async (streams: number) => {
    port++;
    const text = await asked(
      ['iperf3', '--server', '--one-off', '--bind', address, '--port', `${port}`],
      [
        'iperf3',
        '--client',
        address,
        '--port',
        `${port}`,
        '--json',
        '--time',
        `${seconds}`,
        '--parallel',
        `${streams}`,
      ],
    );
    return (JSON.parse(text) as { end: { sum_received: { bits_per_second: number } } }).end.sum_received
      .bits_per_second;
  };
  const one = await stream(1);
  const eight = await stream(8);
  port++;
  const where = ['--tcp', '-i', address, '-p', `${port}`];
  const text = await asked(
    ['sockperf', 'server', ...where],
    ['sockperf', 'ping-pong', ...where, '-t', `${seconds}`, '-m', '64', '--full-rtt'],
  );
  const half = Number(/percentile 50\.000 = +([\d.]+)/.exec(text)?.[1]);
  return figuresFrom((test) => (test.startsWith('latency') ? half : test.endsWith('1 stream') ? one : eight));
}

/** What a client prints, of a server that goes with it. */
async function asked(
  [server = '', ...serving]: readonly string[],
  [client = '', ...asking]: readonly string[],
) {
  const running = spawn(server, serving, { stdio: 'ignore' });
  const ended = new Promise((resolve) => running.once('close', resolve));
  try {
    const hex = port.toString(16).toUpperCase();
    await until(`${server} listens`, async () =>
      (await printed('cat', ['/proc/net/tcp'])).includes(`:${hex} 00000000:0000 0A`),
    );
    return await printed(client, asking);
  } finally {
    running.kill('SIGKILL');
    await ended;
  }
}

function figuresFrom(figureOf: (test: (typeof tests)[number]) => number): Figures {
  return Object.fromEntries(tests.map((test) => [test, figureOf(test)])) as unknown as Figures;
}

function inUnits(test: string, value: number): string {
  return test.startsWith('latency') ? `${value.toFixed(1)} µs` : `${(value / 1e9).toFixed(2)} Gbit/s`;
}
