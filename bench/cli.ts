import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { summarize } from '../src/lib/statistics.ts';
import { dockerCompose, installedCommand } from '../test/support/installed.ts';
import { startHost } from './lib/bench-host.ts';
import { atMost, benchmark, numbers, positive, type ReportOptions, startReport } from './lib/report.ts';
import { alternate, inWords, say } from './lib/rounds.ts';
import { type Taken, timedRun } from './lib/timed-run.ts';

interface CliOptions extends ReportOptions {
  readonly rounds: number;
  readonly services: readonly number[];
}

const project = 'heddle-bench-cli';

export function cli() {
  return benchmark('cli', 'how long the command line takes: what is typed every day, and plan of large files')
    .option('--rounds <n>', 'rounds', positive, 10)
    .option('--services <counts>', 'services of the files', numbers, [250, 500, 1000, 2000])
    .action(measure);
}

async function measure(options: CliOptions): Promise<void> {
  const report = startReport('cli', options);
  await using bench = await startHost();
  const { host } = bench;
  const files = new Map(options.services.map((count) => [count, fileOf(host.folder, count)]));
  const plan = (count: number) => ['plan', '-p', project, '-f', files.get(count) ?? '', '--format', 'json'];
  const daily = host.project(`${project}-daily`, dailyFile);
  await host.ok('up', '--quiet', ...daily);

  const heddle = (...args: string[]) => [installedCommand, ...args];
  /** Beside Heddle stand a Node that does nothing, and a current docker-compose reading the same files. */
  const commands: Readonly<Record<string, readonly string[]>> = {
    'node -e 0': [process.execPath, '-e', '0'],
    'heddle --version': heddle('--version'),
    'heddle --help': heddle('--help'),
    'heddle ls': heddle('ls'),
    ...Object.fromEntries(
      ['ps', 'flows', 'plan', 'config', 'up'].map((name) => [`heddle ${name}`, heddle(name, ...daily)]),
    ),
    ...Object.fromEntries(options.services.map((count) => [planOf(count), heddle(...plan(count))])),
    ...(existsSync(dockerCompose) && {
      'docker-compose version': [dockerCompose, 'version'],
      'docker-compose config': [dockerCompose, ...daily, 'config', '--quiet'],
      ...Object.fromEntries(
        options.services
          .filter((count) => count <= 1000)
          .map((count) => [
            `docker-compose config, ${count} services`,
            [dockerCompose, '-f', files.get(count) ?? '', 'config', '--quiet'],
          ]),
      ),
    }),
  };
  const names = Object.keys(commands);
  const run = (name: string) => timedRun(commands[name] ?? [], host.env);
  say('once unmeasured');
  for (const name of names) await run(name);
  const taken = await alternate(names, options.rounds, run);
  const of = (what: keyof Taken, name: string) => (taken[name] ?? []).map((times) => times[what]);
  const summaries = (what: keyof Taken) =>
    Object.fromEntries(names.map((name) => [name, summarize(of(what, name))]));
  const seconds = summaries('wall');
  const cpu = summaries('cpu');
  const milliseconds = (value = Number.NaN) => `${(value * 1000).toFixed(0)} ms`;
  for (const name of names)
    say(
      `${name}: ${inWords(summarize(of('wall', name)), milliseconds)}; of the processor, median ${milliseconds(cpu[name]?.median)}`,
    );
  const median = (name: string) => seconds[name]?.median ?? Number.NaN;
  const bars = [
    ...['--version', '--help'].map((flag) =>
      atMost(`heddle ${flag}, median in seconds`, 0.1, median(`heddle ${flag}`)),
    ),
    ...['ls', 'ps', 'flows', 'plan', 'config'].map((name) =>
      atMost(`heddle ${name}, median in seconds`, 0.2, median(`heddle ${name}`)),
    ),
  ];
  if (files.has(1000))
    bars.push(atMost('heddle plan of 1,000 services, median in seconds', 1, median(planOf(1000))));
  if (files.has(2000) && files.has(500)) {
    // Fourfold services take fourfold time when it grows linearly, and less with what every command costs.
    bars.push(
      atMost('heddle plan, 2,000 services over 500', 4.4, median(planOf(2000)) / median(planOf(500))),
    );
  }
  report.save({ rounds: options.rounds, seconds, cpu, taken }, bars, [
    {
      title: 'heddle plan',
      x: 'services in the file',
      y: 'seconds',
      series: [
        {
          name: 'heddle plan',
          points: options.services.map((count) => ({
            x: count,
            y: seconds[planOf(count)]?.mean ?? Number.NaN,
            interval: seconds[planOf(count)]?.interval,
          })),
        },
      ],
    },
    {
      title: 'Daily commands',
      x: '',
      y: 'seconds',
      series: names
        .filter((name) => !name.endsWith('services'))
        .map((name) => ({
          name,
          points: [{ x: name, y: seconds[name]?.mean ?? Number.NaN, interval: seconds[name]?.interval }],
        })),
    },
  ]);
}

/** What commands are tried on: two services, one with a feature. */
const dailyFile = `
services:
  web: { image: localhost/heddle-test/tiny, init: true, x-heddle: { manage: { flows: true } } }
  db: { image: localhost/heddle-test/tiny, init: true }
`;

function planOf(count: number): string {
  return `heddle plan, ${count} services`;
}

/** Services as people write them: each with an environment, a port, a volume and something it depends on. */
function fileOf(folder: string, count: number): string {
  const services = Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `service${index}`,
      {
        image: 'localhost/heddle-test/tiny',
        environment: { NUMBER: String(index), COLOUR: 'green' },
        ports: [`127.0.0.1:${20_000 + index}:80`],
        volumes: [`data${index}:/data`],
        ...(index > 0 && { depends_on: [`service${Math.floor(index / 2)}`] }),
      },
    ]),
  );
  const volumes = Object.fromEntries(Array.from({ length: count }, (_, index) => [`data${index}`, {}]));
  const file = path.join(folder, `services-${count}.yaml`);
  writeFileSync(file, JSON.stringify({ version: '3.8', services, volumes }, null, 1));
  return file;
}
