import { summarize } from '../src/lib/statistics.ts';
import { tiny } from '../test/support/tiny.ts';
import { until } from '../test/support/until.ts';
import { type BenchHost, startHost } from './lib/bench-host.ts';
import { atMost, benchmark, positive, type ReportOptions, startReport } from './lib/report.ts';
import { alternate, inWords, say, seconds } from './lib/rounds.ts';

interface ReturnsOptions extends ReportOptions {
  readonly rounds: number;
}

const project = 'heddle-bench-returns';
const pause = 20;
const text = `
services:
  web: { ${tiny}, init: true, stop_grace_period: 1s, depends_on: [db], restart: always, x-heddle: { manage: { flows: true, snmp: true } } }
  db: { ${tiny}, init: true, stop_grace_period: 1s }
`;

/** What is waited for after what was done, and the limit in seconds that the project has set itself; none for the engine's own. */
const arms = {
  'a container that the engine starts again': undefined,
  'the SNMP agent of a service that was restarted': 3,
  'a probe of flows that was killed': 5,
  'a collector of flows that was killed': 5,
  'a flow of a quiet link, until it is listed': 6,
} as const;
type Arm = keyof typeof arms;

export function returns() {
  return benchmark('returns', 'how soon an agent is back, and a flow is shown')
    .option('--rounds <n>', 'rounds', positive, 5)
    .action(measure);
}

async function measure(options: ReturnsOptions): Promise<void> {
  const report = startReport('returns', options);
  await using bench = await startHost();
  const file = bench.host.project(project, text);
  await bench.host.ok('up', '--quiet', ...file);
  await until('the agent answers', () => isAnswering(bench, file), 60_000);
  await flowIsListed(bench, file, Date.now());
  const names = Object.keys(arms) as Arm[];
  const times = await alternate(names, options.rounds, async (arm, round) => {
    const time = await waits[arm](bench, file);
    say(`round ${round + 1}, ${arm}: ${seconds(time)}`);
    return time / 1000;
  });
  for (const arm of names)
    say(`${arm}: ${inWords(summarize(times[arm]), (value) => `${value.toFixed(2)} s`)}`);
  const bars = names.flatMap((arm) => {
    const limit = arms[arm];
    return limit === undefined ? [] : [atMost(`seconds, at most: ${arm}`, limit, Math.max(...times[arm]))];
  });
  const of = (arm: Arm) => ({ name: arm, points: [{ x: '', y: summarize(times[arm]).median }] });
  report.save({ options: { ...options }, seconds: times }, bars, [
    { title: 'Until it is back', x: '', y: 'seconds, median', series: names.map(of) },
  ]);
}

/** Does what each arm is about, and waits; milliseconds. */
const waits: Readonly<Record<Arm, (bench: BenchHost, file: readonly string[]) => Promise<number>>> = {
  'a container that the engine starts again': async ({ host }) => {
    const name = `${project}-db-1`;
    const before = host.lifeOf(name);
    const began = performance.now();
    host.podman('restart', '-t', '0', name);
    await until('it runs', () => !['', before].includes(host.lifeOf(name)), 60_000, pause);
    return performance.now() - began;
  },
  'the SNMP agent of a service that was restarted': async (bench, file) => {
    const agent = `${project}-web-1.snmp.agent`;
    const before = bench.host.lifeOf(agent);
    const began = performance.now();
    bench.host.podman('restart', '-t', '0', `${project}-web-1`);
    const isNew = () => !['', before].includes(bench.host.lifeOf(agent));
    await until('another answers', async () => isNew() && (await isAnswering(bench, file)), 60_000, pause);
    return performance.now() - began;
  },
  'a probe of flows that was killed': ({ host }) => host.killContainer(`${project}-web-1.flows.probe`),
  'a collector of flows that was killed': ({ host }) => host.killContainer(`${project}.flows.collector`),
  'a flow of a quiet link, until it is listed': async (bench, file) => flowIsListed(bench, file, Date.now()),
};

async function isAnswering({ host }: BenchHost, file: readonly string[]): Promise<boolean> {
  const { code, stdout } = await host.heddle('snmp', 'get', 'web', 'sysName', ...file);
  return code === 0 && stdout !== '';
}

/** Makes a connection, and waits until `flows` lists it. */
async function flowIsListed({ host }: BenchHost, file: readonly string[], since: number): Promise<number> {
  host.podman('exec', `${project}-web-1`, 'busybox', 'wget', '-q', '-O', '/dev/null', 'http://db/');
  const began = performance.now();
  const filter = ['--since', new Date(since).toISOString(), '--filter', 'proto tcp and dst port 80'];
  const isListed = async () => (await host.json<unknown[]>('flows', ...file, ...filter)).length > 0;
  await until('the flow is listed', isListed, 60_000, pause);
  return performance.now() - began;
}
