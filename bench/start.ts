import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ratios, summarize } from '../src/lib/statistics.ts';
import { dockerCompose } from '../test/support/installed.ts';
import { startHost } from './lib/bench-host.ts';
import { untilPage } from './lib/page.ts';
import { atMost, benchmark, positive, type ReportOptions, startReport } from './lib/report.ts';
import { alternate, inWords, say, seconds } from './lib/rounds.ts';

interface StartOptions extends ReportOptions {
  readonly rounds: number;
}

const project = 'heddle-bench-start';
const port = 18_499;
const image = 'localhost/heddle-test/tiny';
/** Docker's own Compose of today; docker-compose alone is Debian 12's. */
const current = 'docker-compose-current';

/** What is compared: each brings the same two services up on the same engine, and takes them down. */
interface Tool {
  up(): Promise<unknown>;
  down(): Promise<unknown>;
  /** Before the clock runs. */
  prepare?(): Promise<unknown>;
}

export function start() {
  return benchmark(
    'start',
    'how long two idle services take until their port answers: heddle, podman-compose, docker-compose',
  )
    .option('--rounds <n>', 'rounds', positive, 10)
    .action(measure);
}

async function measure(options: StartOptions): Promise<void> {
  const report = startReport('start', options);
  await using bench = await startHost();
  const { host, engine } = bench;
  const text = compose();
  const arguments_ = host.project(project, text);
  const file = path.join(host.folder, 'compose.yaml');
  writeFileSync(file, text);

  const succeed = async (program: string, args: readonly string[]) => {
    const { code, stderr } = await host.run('env', [`DOCKER_HOST=${engine.endpoint}`, program, ...args]);
    if (code !== 0) throw new Error(`${program} ${args.join(' ')}: exit ${code}\n${stderr}`);
  };
  const heddle: Tool = {
    up: () => host.ok('up', '--quiet', ...arguments_),
    down: () => host.ok('down', '--quiet', '--volumes', '-p', project),
  };
  const other = (name: string, program = name): Tool => ({
    up: () => succeed(program, ['-p', `${project}-${name}`, '-f', file, 'up', '-d']),
    down: () => succeed(program, ['-p', `${project}-${name}`, '-f', file, 'down', '-v', '-t', '0']),
  });
  const tools: Readonly<Record<string, Tool>> = {
    heddle,
    // The first command of a host: it starts the node, which finds the engine.
    'heddle, cold': { ...heddle, prepare: () => host.stopNode() },
    'podman-compose': other('podman-compose'),
    'docker-compose': other('docker-compose'),
    ...(existsSync(dockerCompose) && { [current]: other(current, dockerCompose) }),
  };
  const names = Object.keys(tools);
  await using _rest = {
    [Symbol.asyncDispose]: async () => {
      for (const tool of Object.values(tools)) await tool.down().catch(() => {});
      // podman-compose leaves its network.
      await host.run('podman', ['network', 'rm', '--force', `${project}-podman-compose_default`]);
    },
  };

  say('once unmeasured');
  for (const tool of Object.values(tools)) await timed(tool);
  const times = await alternate(names, options.rounds, async (name, round) => {
    const time = await timed(tools[name] ?? heddle);
    say(`round ${round + 1}, ${name}: ${seconds(time)}`);
    return time / 1000;
  });
  const of = (name: string) => times[name] ?? [];
  const summaries = Object.fromEntries(names.map((name) => [name, summarize(of(name))]));
  for (const name of names)
    say(`${name}: ${inWords(summarize(of(name)), (value) => `${value.toFixed(2)} s`)}`);
  const over = (name: string, other: string) => summarize(of(name)).mean / summarize(of(other)).mean;
  const others = names.filter((name) => !name.startsWith('heddle'));
  report.save(
    {
      rounds: options.rounds,
      seconds: summaries,
      ratios: Object.fromEntries(others.map((other) => [other, summarize(ratios(of('heddle'), of(other)))])),
      times,
    },
    [
      atMost('time of heddle up over that of podman-compose', 0.45, over('heddle', 'podman-compose')),
      atMost('time of heddle up over that of docker-compose 1.29', 0.4, over('heddle', 'docker-compose')),
      atMost('the same, cold, over that of podman-compose', 1, over('heddle, cold', 'podman-compose')),
    ],
    [
      {
        title: 'Two idle services, until the port answers',
        x: '',
        y: 'seconds',
        series: names.map((name) => ({
          name,
          points: [{ x: name, y: summaries[name]?.mean ?? Number.NaN, interval: summaries[name]?.interval }],
        })),
      },
    ],
  );
}

async function timed(tool: Tool): Promise<number> {
  await tool.prepare?.();
  const began = performance.now();
  const [time] = await Promise.all([
    untilPage(port, 120_000).then(() => performance.now() - began),
    tool.up(),
  ]);
  await tool.down();
  return time;
}

/**
 * Two services that wait for requests, and nothing that would have to be waited for at their end. The one with the port
 * depends on the other, so that every tool has both running when the port answers.
 */
function compose(): string {
  return JSON.stringify({
    version: '3.8',
    services: {
      web: { image, ports: [`127.0.0.1:${port}:80`], depends_on: ['other'], stop_signal: 'SIGKILL' },
      other: { image, stop_signal: 'SIGKILL' },
    },
  });
}
