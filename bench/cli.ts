import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { startHost } from './lib/bench-host.ts';
import { atMost, benchmark, numbers, positive, type ReportOptions, startReport } from './lib/report.ts';
import { alternate, inWords, say } from './lib/rounds.ts';
import { summarize } from './lib/statistics.ts';

interface CliOptions extends ReportOptions {
  readonly rounds: number;
  readonly services: readonly number[];
}

const project = 'heddle-bench-cli';

export function cli() {
  return benchmark('cli', 'how long the command line itself takes: --version, and plan of large files')
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
  const largest = files.get(1000) ?? [...files.values()].at(-1) ?? '';

  /** Beside Heddle stand a Node that does nothing, and docker-compose reading the same file. */
  const commands: Record<string, () => Promise<unknown>> = {
    'heddle --version': () => host.ok('--version'),
    'node -e 0': () => host.run(process.execPath, ['-e', '0']),
    'docker-compose --version': () => host.run('docker-compose', ['--version']),
    ...Object.fromEntries(options.services.map((count) => [planOf(count), () => host.ok(...plan(count))])),
    'docker-compose config': () => host.run('docker-compose', ['-f', largest, 'config', '--quiet']),
  };
  const names = Object.keys(commands);
  say('once unmeasured');
  for (const name of names) await commands[name]?.();
  const times = await alternate(names, options.rounds, async (name) => {
    const began = performance.now();
    await commands[name]?.();
    return (performance.now() - began) / 1000;
  });
  const seconds = Object.fromEntries(names.map((name) => [name, summarize(times[name] ?? [])]));
  for (const name of names) {
    say(`${name}: ${inWords(summarize(times[name] ?? []), (value) => `${(value * 1000).toFixed(0)} ms`)}`);
  }
  const median = (name: string) => seconds[name]?.median ?? Number.NaN;
  const bars = [atMost('heddle --version, median in seconds', 0.15, median('heddle --version'))];
  if (files.has(1000))
    bars.push(atMost('heddle plan of 1,000 services, median in seconds', 2, median(planOf(1000))));
  if (files.has(2000) && files.has(500)) {
    // Fourfold services take fourfold time when it grows linearly, and less with what every command costs.
    bars.push(
      atMost('heddle plan, 2,000 services over 500', 4.4, median(planOf(2000)) / median(planOf(500))),
    );
  }
  report.save({ rounds: options.rounds, seconds, times }, bars, [
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
      title: 'Commands that do next to nothing',
      x: '',
      y: 'seconds',
      series: names.slice(0, 3).map((name) => ({
        name,
        points: [{ x: name, y: seconds[name]?.mean ?? Number.NaN, interval: seconds[name]?.interval }],
      })),
    },
  ]);
}

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
