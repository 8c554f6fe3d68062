import { median, ratios, summarize } from '../src/lib/statistics.ts';
import type { JobStatus } from '../src/monitor/jobs/status.ts';
import type { TestHost } from '../test/support/host.ts';
import { tinyImage } from '../test/support/tiny.ts';
import { until } from '../test/support/until.ts';
import { startHost } from './lib/bench-host.ts';
import { atLeast, atMost, benchmark, positive, type ReportOptions, startReport } from './lib/report.ts';
import { alternate, inWords, percent, say } from './lib/rounds.ts';

const image = 'localhost/heddle-examples/training';
const name = 'hdl-bench-job';
const ranks = 4;
const arms = ['hand', 'job'] as const;
const starts = ['containers', 'ranks'] as const;
/** Meets the others, and ends. */
const meet =
  'import torch.distributed as d; d.init_process_group("gloo"); d.barrier(); print("met", d.get_rank(), d.get_world_size())';

interface JobsOptions extends ReportOptions {
  readonly rounds: number;
  readonly steps: number;
  readonly meets: number;
}

export function jobs() {
  return benchmark(
    'jobs',
    'a training as a job beside the same ranks started by hand, and ranks beside containers',
  )
    .option('--rounds <n>', 'rounds, each way once in each', positive, 5)
    .option('--steps <n>', 'of the training', positive, 300)
    .option('--meets <n>', 'times that ranks are started to meet', positive, 100)
    .action(measure);
}

async function measure(options: JobsOptions): Promise<void> {
  const report = startReport('jobs', options);
  await using bench = await startHost();
  const { host } = bench;
  const size = { STEPS: String(options.steps), WIDTH: '512', OMP_NUM_THREADS: '1' };
  const told: number[] = [];
  const took = await alternate(arms, options.rounds, async (arm) => {
    if (arm === 'hand') return byHand(host, size);
    const job = await asJob(host, size);
    told.push(accounted(job));
    return job.seconds ?? Number.NaN;
  });
  const overhead = ratios(took.job, took.hand);
  say(`a job, of the same by hand: ${inWords(summarize(overhead), (value) => value.toFixed(3))}`);
  say(`what the ranks told of its time: ${inWords(summarize(told), percent)}`);
  const seconds = await alternate(starts, options.rounds * 2, (what) => startsOf(host, what));
  const together = ratios(seconds.ranks, seconds.containers);
  say(`8 ranks, of 8 containers: ${inWords(summarize(together), (value) => value.toFixed(2))}`);
  const met = await meets(host, options.meets);
  report.save(
    { ...options, took, told, seconds, met },
    [
      atMost('completion time of a job, of the same ranks started by hand', 1.03, median(overhead)),
      atLeast('what the ranks tell of the time that a job takes', 0.98, median(told)),
      atMost('8 ranks started together, of 8 containers', 1.5, median(together)),
      atLeast('starts in which ranks met, without a variable set by hand', options.meets, met),
    ],
    [
      {
        title: `A training of ${ranks} ranks`,
        x: '',
        y: 's',
        series: arms.map((arm) => ({ name: arm, points: [{ x: 'all', y: summarize(took[arm]).mean }] })),
      },
    ],
  );
}

/** Compute, network, waiting and data, of all the time that it took. */
function accounted({ times, seconds }: JobStatus): number {
  if (!times || !seconds) return Number.NaN;
  return (times.compute + times.network + times.waiting + times.data) / seconds;
}

async function asJob(host: TestHost, environment: Readonly<Record<string, string>>): Promise<JobStatus> {
  const project = host.project(name, file({ image, environment }, { workers: ranks }));
  await host.ok('up', '-d', ...project);
  const job = await ended(host, project);
  await host.ok('down', '-v', ...project);
  return job;
}

/** The same ranks at the same engine, on a network of its own, told by hand what a job tells them. @returns seconds */
async function byHand(host: TestHost, size: Readonly<Record<string, string>>): Promise<number> {
  const network = `${name}-hand`;
  const names = Array.from({ length: ranks }, (_, rank) => `${network}-${rank}`);
  host.podman('network', 'create', network);
  try {
    names.forEach((one, rank) => {
      const told = {
        ...size,
        RANK: String(rank),
        WORLD_SIZE: String(ranks),
        MASTER_ADDR: names[0] ?? '',
        MASTER_PORT: '29500',
        GLOO_SOCKET_IFNAME: 'eth0',
      };
      const variables = Object.entries(told).flatMap(([variable, value]) => ['-e', `${variable}=${value}`]);
      host.podman('create', '--name', one, '--network', network, '--network-alias', one, ...variables, image);
    });
    await Promise.all(names.map((one) => host.run('podman', ['start', one])));
    await until('all have ended', () => names.every((one) => stateOf(host, one).Status === 'exited'));
    const all = names.map((one) => stateOf(host, one));
    const failed = all.find(({ ExitCode }) => ExitCode !== 0);
    if (failed) throw new Error(`a rank ended with ${failed.ExitCode}`);
    const began = Math.min(...all.map(({ StartedAt }) => Date.parse(StartedAt)));
    return (Math.max(...all.map(({ FinishedAt }) => Date.parse(FinishedAt))) - began) / 1000;
  } finally {
    host.podman('rm', '-f', ...names);
    host.podman('network', 'rm', network);
  }
}

interface State {
  readonly Status: string;
  readonly ExitCode: number;
  readonly StartedAt: string;
  readonly FinishedAt: string;
}

function stateOf(host: TestHost, container: string): State {
  return JSON.parse(host.podman('inspect', container, '--format', '{{json .State}}')) as State;
}

/** Seconds of `up`, which returns when all have started. */
async function startsOf(host: TestHost, what: (typeof starts)[number]): Promise<number> {
  const service = { image: tinyImage, init: true, stop_grace_period: '1s', command: ['sleep', '1000'] };
  const text = what === 'ranks' ? file(service, { workers: 8 }) : file({ ...service, scale: 8 });
  const project = host.project(name, text);
  const began = performance.now();
  await host.ok('up', '-d', ...project);
  const took = (performance.now() - began) / 1000;
  await host.ok('down', '-v', ...project);
  return took;
}

/** How often all ranks met, of so many starts: each is another run. */
async function meets(host: TestHost, times: number): Promise<number> {
  const project = host.project(
    name,
    file({ image, command: ['python3', '-c', meet] }, { workers: ranks, retries: 0 }),
  );
  let met = 0;
  for (let start = 1; start <= times; start++) {
    await host.ok('up', '-d', ...project);
    await until('it is over', async () => (await jobOf(host, project)).run === start);
    const { phase, reason } = await ended(host, project);
    if (phase === 'ended') met++;
    else say(`start ${start}: ${reason}`);
    if (start % 10 === 0) say(`${met} of ${start} starts met`);
  }
  await host.ok('down', '-v', ...project);
  return met;
}

async function ended(host: TestHost, project: readonly string[]): Promise<JobStatus> {
  let job = await jobOf(host, project);
  await until(
    'it is over',
    async () => {
      job = await jobOf(host, project);
      return job.phase === 'ended' || job.phase === 'failed';
    },
    600_000,
    500,
  );
  return job;
}

async function jobOf(host: TestHost, project: readonly string[]): Promise<JobStatus> {
  const { stdout } = await host.heddle('jobs', ...project, '--format', 'json');
  const [job] = JSON.parse(stdout) as JobStatus[];
  if (!job) throw new Error('there is no job');
  return job;
}

/** A Compose file: JSON is YAML. */
function file(service: object, job?: object): string {
  return JSON.stringify({ services: { trainer: { ...service, ...(job && { 'x-heddle': { job } }) } } });
}
