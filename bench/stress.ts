import { availableParallelism } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { median, ratios, summarize } from '../src/lib/statistics.ts';
import { type BenchHost, startHost } from './lib/bench-host.ts';
import { untilPage } from './lib/page.ts';
import {
  atLeast,
  atMost,
  type Bar,
  benchmark,
  numbers,
  positive,
  type ReportOptions,
  startReport,
  wholeSeconds,
} from './lib/report.ts';
import { alternate, percent, say } from './lib/rounds.ts';
import { readUsage, type Spent, spent, type Usage } from './lib/usage.ts';
import { type Managed, portOf, wordpress } from './lib/wordpress.ts';

interface StressOptions extends ReportOptions {
  readonly clients: readonly number[];
  readonly measure: number;
  readonly warmUp: number;
  readonly soak: number;
  readonly rounds: number;
}

interface Load {
  readonly clients: number;
  readonly pages: number;
  readonly pagesPerSecond: number;
  readonly errors: number;
  readonly milliseconds: {
    readonly median: number | null;
    readonly p95: number | null;
    readonly p99: number | null;
  };
}

const project = 'heddle-bench-stress';
const port = portOf(1);

const watching: Managed = {
  web: { flows: true, snmp: true },
  db: { flows: true, snmp: true },
  application: { latency: [{ from: 'web1', to: 'db1', every: '200ms' }] },
};
const guarding: Managed = {
  web: {
    firewall: {
      ingress: [{ ports: ['80/tcp'], from: ['any'], rate: '2000/s per source' }],
      egress: 'allow',
      log: 'denied',
    },
  },
  db: { firewall: { ingress: [{ ports: ['3306/tcp'], from: ['web1'] }] } },
};
/** What the application has: nothing, all but the firewall, the firewall alone, all four. */
const arms = {
  none: {},
  'all but firewall': watching,
  firewall: guarding,
  'all four': {
    web: { ...watching.web, ...guarding.web },
    db: { ...watching.db, ...guarding.db },
    application: watching.application ?? {},
  },
} satisfies Record<string, Managed>;
type Arm = keyof typeof arms;

/** Clients that wait for nothing: enough to keep every core busy, and no more. */
const saturating = 12;
/** Seconds between two samples of the soak, and until its first one counts: what has just started is still growing. */
const sampling = 10;
const settled = 120;

export function stress() {
  return benchmark(
    'stress',
    'what management costs under load: CPU, memory, traffic, and pages at saturation',
  )
    .option('--clients <counts>', 'clients that pause for 0 to 2 s', numbers, [0, 50, 100, 150, 200, 250])
    .option('--warm-up <seconds>', 'load before each measurement', wholeSeconds, 15)
    .option('--measure <seconds>', 'each measurement', wholeSeconds, 60)
    .option(
      '--soak <seconds>',
      'how long memory is watched under the highest load; 0: not',
      wholeSeconds,
      600,
    )
    .option('--rounds <n>', 'rounds at saturation', positive, 5)
    .action(measure);
}

async function measure(options: StressOptions): Promise<void> {
  const report = startReport('stress', options);
  await using bench = await startHost();
  await change(bench, 'all four');
  await untilPage(port, 120_000);
  const levels = [];
  for (const clients of options.clients) levels.push(await level(bench, options, clients));
  const highest = Math.max(...options.clients);
  const soak = options.soak > 0 ? await soaked(bench, options.soak, highest) : undefined;
  const saturation = await saturate(bench, options);
  const top = levels.find(({ load }) => load.clients === highest);
  const bars = [
    ...(top ? costBars(top.spent, highest) : []),
    ...(soak ? soakBars(soak) : []),
    atLeast(
      'median pages a second at saturation, all four features over none',
      0.97,
      saturation.share['all four'],
    ),
  ];
  report.save({ options: { ...options }, levels, ...(soak && { soak }), saturation }, bars, charts(levels));
}

/** Brings the application to a set of features. The application itself runs on. */
async function change({ host }: BenchHost, arm: Arm): Promise<void> {
  await host.ok('up', '--quiet', ...host.project(project, wordpress(1, arms[arm])));
}

async function level(bench: BenchHost, { measure: seconds, warmUp }: StressOptions, clients: number) {
  const [load, used] = await Promise.all([
    generate(bench, { clients, warmUp, seconds, pause: 2000 }),
    sleep(warmUp * 1000).then(() => usageIn(bench, seconds)),
  ]);
  say(
    `${clients} clients: ${load.pagesPerSecond.toFixed(1)} pages/s, median ${load.milliseconds.median?.toFixed(0) ?? '-'} ms, ${load.errors} errors; node ${percent(used.node.cpu)}, agents ${used.containers
      .filter(isManagement)
      .map(({ name, cpu }) => `${name.slice(project.length + 1)} ${percent(cpu)}`)
      .join(', ')}`,
  );
  return { load, spent: used };
}

async function usageIn(bench: BenchHost, seconds: number): Promise<Spent> {
  const before = await readUsage(bench, project);
  await sleep(seconds * 1000);
  return spent(before, await readUsage(bench, project), 'db1');
}

/** Memory under the highest load, from the second minute to the end. */
async function soaked(bench: BenchHost, seconds: number, clients: number) {
  say(`${clients} clients for ${seconds} s, watching memory`);
  const samples: Usage[] = [];
  const watch = async () => {
    const end = Date.now() + seconds * 1000;
    while (Date.now() < end) {
      samples.push(await readUsage(bench, project));
      await sleep(sampling * 1000);
    }
  };
  await Promise.all([generate(bench, { clients, warmUp: 0, seconds, pause: 2000 }), watch()]);
  const start = Math.min(settled, seconds / 5) * 1000 + (samples[0]?.time ?? 0);
  const first = samples.find(({ time }) => time >= start) ?? samples[0];
  const last = samples.at(-1);
  const memory = (usage: Usage | undefined, name: string) =>
    name === 'node' ? usage?.node.memory : usage?.containers.find((one) => one.name === name)?.memory;
  const names = [...(last?.containers.filter(isManagement) ?? []).map(({ name }) => name), 'node'];
  return {
    seconds,
    memory: names.map((name) => {
      const [from = Number.NaN, to = Number.NaN] = [memory(first, name), memory(last, name)];
      return { name, from, to, growth: to / from - 1 };
    }),
  };
}

/** Pages a second with every core busy; features come and go while the application runs. */
async function saturate(bench: BenchHost, { rounds, warmUp, measure: seconds }: StressOptions) {
  const names = Object.keys(arms) as Arm[];
  const pages = await alternate(names, rounds, async (arm, round) => {
    await change(bench, arm);
    const { pagesPerSecond } = await generate(bench, { clients: saturating, warmUp, seconds, pause: 0 });
    say(`saturation, round ${round + 1}, ${arm}: ${pagesPerSecond.toFixed(2)} pages/s`);
    return pagesPerSecond;
  });
  const share = (arm: Arm) => median(pages[arm]) / median(pages.none);
  return {
    clients: saturating,
    pagesPerSecond: Object.fromEntries(names.map((arm) => [arm, summarize(pages[arm])])),
    /** Of the medians: what is left of the pages without management. */
    share: Object.fromEntries(names.map((arm) => [arm, share(arm)])) as Record<Arm, number>,
    ratios: Object.fromEntries(names.map((arm) => [arm, summarize(ratios(pages[arm], pages.none))])),
    times: pages,
  };
}

interface Generation {
  readonly clients: number;
  readonly warmUp: number;
  readonly seconds: number;
  /** Milliseconds, at most. */
  readonly pause: number;
}

/** The load generator in a process of its own, on the last core alone. */
async function generate({ host }: BenchHost, { clients, warmUp, seconds, pause }: Generation): Promise<Load> {
  const script = path.join(import.meta.dirname, 'lib', 'load-generator.ts');
  const core = String(availableParallelism() - 1);
  const flags = Object.entries({ port, clients, pause, 'warm-up': warmUp, measure: seconds });
  const { code, stdout, stderr } = await host.run('taskset', [
    ...['--cpu-list', core, process.execPath, '--disable-warning=ExperimentalWarning', script],
    ...flags.map(([name, value]) => `--${name}=${value}`),
  ]);
  if (code !== 0) throw new Error(`the load generator: exit ${code}\n${stderr}`);
  return JSON.parse(stdout) as Load;
}

function isManagement({ role }: { readonly role: string }): boolean {
  return role === 'agent' || role === 'collector' || role === 'function';
}

function costBars(used: Spent, clients: number): Bar[] {
  const agents = used.containers
    .filter(isManagement)
    .map(({ name, cpu }) => atMost(`${name}: cores at ${clients} clients`, 0.01, cpu));
  return [
    ...agents,
    atMost(`node and monitor: cores at ${clients} clients`, 0.03, used.node.cpu),
    atMost('node and monitor: resident MB', 150, used.node.memory / 1e6),
  ];
}

function soakBars({ memory }: Awaited<ReturnType<typeof soaked>>): Bar[] {
  return memory.map(({ name, growth }) => atMost(`${name}: growth of memory`, 0.05, growth));
}

function charts(levels: readonly { readonly load: Load; readonly spent: Spent }[]) {
  const names = levels[0]?.spent.containers.filter(isManagement).map(({ name }) => name) ?? [];
  const line = (name: string, value: (used: Spent) => number) => ({
    name,
    points: levels.map(({ load, spent: used }) => ({ x: load.clients, y: value(used) })),
  });
  const of = (used: Spent, name: string) => used.containers.find((one) => one.name === name);
  const short = (name: string) => name.slice(project.length + 1);
  return [
    {
      title: 'CPU of agents, collectors and the node',
      x: 'clients',
      y: '% of a core',
      series: [
        ...names.map((name) => line(short(name), (used) => (of(used, name)?.cpu ?? 0) * 100)),
        line('node', (used) => used.node.cpu * 100),
      ],
      limits: [{ name: '1 %', value: 1 }],
    },
    {
      title: 'Memory of agents, collectors and the node',
      x: 'clients',
      y: 'MB',
      series: [
        ...names.map((name) => line(short(name), (used) => (of(used, name)?.memory ?? 0) / 1e6)),
        line('node', (used) => used.node.memory / 1e6),
      ],
    },
    {
      title: 'Traffic',
      x: 'clients',
      y: 'kB/s',
      series: (['inside', 'users', 'management'] as const).map((group) =>
        line(group, (used) => used.traffic[group] / 1000),
      ),
    },
  ];
}
