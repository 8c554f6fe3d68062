import { readdirSync } from 'node:fs';
import path from 'node:path';
import { ratios, summarize } from '../src/lib/statistics.ts';
import { until } from '../test/support/until.ts';
import { type BenchHost, startHost } from './lib/bench-host.ts';
import { untilPage } from './lib/page.ts';
import { atMost, benchmark, numbers, positive, type ReportOptions, startReport } from './lib/report.ts';
import { alternate, inWords, percent, say, seconds } from './lib/rounds.ts';
import { portOf, wordpress } from './lib/wordpress.ts';

interface DeployOptions extends ReportOptions {
  readonly replicas: readonly number[];
  readonly rounds: number;
}

/** Milliseconds from the command. */
interface Deployment {
  /** Until `heddle up` returned. */
  readonly command: number;
  /** Until the last container ran. */
  readonly containers: number;
  /** Until every instance served a page. */
  readonly pages: number;
  /** Until the collector had received a packet from every agent. */
  readonly packets?: number;
  /** Until all of what was asked for was there. */
  readonly total: number;
}

const project = 'heddle-bench-deploy';
const arms = ['alone', 'flows'] as const;
type Arm = (typeof arms)[number];

/** An instance that has not come after so long will not come. */
const timeout = 10 * 60_000;

export function deploy() {
  return benchmark(
    'deploy',
    'how long an application takes to come up, alone and with flows on every service',
  )
    .option('--replicas <counts>', 'complete instances of WordPress', numbers, [1, 2, 4, 8, 16])
    .option('--rounds <n>', 'rounds for each count', positive, 10)
    .action(measure);
}

async function measure(options: DeployOptions): Promise<void> {
  const report = startReport('deploy', options);
  await using bench = await startHost();
  say('once unmeasured, so that every image is there');
  await deployment(bench, 'flows', 1);
  const counts = [];
  for (const replicas of options.replicas) {
    const times = await alternate(arms, options.rounds, async (arm, round) => {
      const one = await deployment(bench, arm, replicas);
      say(
        `${replicas} × ${arm}, round ${round + 1}: ${seconds(one.total)} (up ${seconds(one.command)}, pages ${seconds(one.pages)}${one.packets === undefined ? '' : `, packets ${seconds(one.packets)}`})`,
      );
      return one;
    });
    const figures = compare(replicas, times);
    say(`${replicas}: overhead ${percent(figures.overhead)}; ${inWords(figures.ratio, percent)}`);
    counts.push(figures);
  }
  const limits = new Map([
    [1, 0.25],
    [16, 0.2],
  ]);
  const bars = counts.flatMap(({ replicas, overhead }) => {
    const limit = limits.get(replicas);
    return limit === undefined ? [] : [atMost(`overhead at ${replicas} instances`, limit, overhead)];
  });
  report.save({ rounds: options.rounds, counts }, bars, charts(counts));
}

function compare(replicas: number, times: Record<Arm, Deployment[]>) {
  const total = (arm: Arm) => times[arm].map((one) => one.total / 1000);
  const [alone, flows] = [summarize(total('alone')), summarize(total('flows'))];
  return {
    replicas,
    /** Of the means: the fraction of the time alone that management adds. */
    overhead: flows.mean / alone.mean - 1,
    /** The same, round by round. */
    ratio: summarize(ratios(total('flows'), total('alone')).map((ratio) => ratio - 1)),
    secondsAdded: flows.mean - alone.mean,
    seconds: { alone, flows },
    secondsUntilContainersRun: {
      alone: summarize(times.alone.map((one) => one.containers / 1000)),
      flows: summarize(times.flows.map((one) => one.containers / 1000)),
    },
    times,
  };
}

/** One deployment from nothing to everything, taken down again. */
async function deployment({ host, engine }: BenchHost, arm: Arm, replicas: number): Promise<Deployment> {
  const flows = { flows: true };
  const arguments_ = host.project(
    project,
    wordpress(replicas, arm === 'flows' ? { web: flows, db: flows } : {}),
  );
  const instances = Array.from({ length: replicas }, (_, index) => index + 1);
  const clock = Date.now();
  const elapsed = () => Date.now() - clock;
  const up = host.ok('up', '--quiet', ...arguments_).then(elapsed);
  const pages = Promise.all(instances.map((n) => untilPage(portOf(n), timeout))).then(elapsed);
  const packets = arm === 'flows' ? untilExporters(host.stateDir, 2 * replicas).then(elapsed) : undefined;
  const [command, served, received] = await Promise.all([up, pages, packets]);
  const { containers } = await engine.workloads.observe(project);
  await host.ok('down', '--quiet', '--volumes', '-p', project);
  return {
    command,
    containers: Math.max(...containers.map(({ startedAt = 0 }) => startedAt)) - clock,
    pages: served,
    ...(received !== undefined && { packets: received }),
    total: Math.max(served, received ?? 0),
  };
}

/** nfcapd makes a folder for an exporter when its first packet comes: a template counts. */
async function untilExporters(stateDir: string, count: number): Promise<number> {
  const folder = path.join(stateDir, 'applications', project, 'flows');
  return await until(`${count} exporters have sent`, () => exporters(folder) >= count, timeout, 20);
}

function exporters(folder: string): number {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).length;
  } catch {
    return 0;
  }
}

function charts(counts: readonly ReturnType<typeof compare>[]) {
  const line = (arm: Arm, pick: 'seconds' | 'secondsUntilContainersRun') =>
    counts.map((count) => ({
      x: count.replicas,
      y: count[pick][arm].mean,
      interval: count[pick][arm].interval,
    }));
  return [
    {
      title: 'Time until every instance serves and every agent has reported',
      x: 'instances of WordPress',
      y: 'seconds',
      series: [
        { name: 'alone', points: line('alone', 'seconds') },
        { name: 'with flows', points: line('flows', 'seconds') },
        { name: 'containers run, alone', points: line('alone', 'secondsUntilContainersRun') },
        { name: 'containers run, with flows', points: line('flows', 'secondsUntilContainersRun') },
      ],
    },
    {
      title: 'What flows add',
      x: 'instances of WordPress',
      y: '% of the time alone',
      series: [
        {
          name: 'overhead',
          points: counts.map(({ replicas, overhead, ratio }) => ({
            x: replicas,
            y: overhead * 100,
            interval: ratio.interval && ([ratio.interval[0] * 100, ratio.interval[1] * 100] as const),
          })),
        },
      ],
      limits: [{ name: '20 %', value: 20 }],
    },
  ];
}
