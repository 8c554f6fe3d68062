import { median, ratios, summarize } from '../src/lib/statistics.ts';
import type { JobStatus } from '../src/monitor/jobs/status.ts';
import type { TestHost } from '../test/support/host.ts';
import { startOvs } from '../test/support/ovs.ts';
import { until } from '../test/support/until.ts';
import { startHost } from './lib/bench-host.ts';
import { atLeast, benchmark, positive, type ReportOptions, startReport } from './lib/report.ts';
import { alternate, inWords, percent, say } from './lib/rounds.ts';

const name = 'hdl-bench-training';
/** Of those that `auto` chooses from. */
const networks = ['ip', 'mesh', 'sdn'] as const;
const arms = ['host', ...networks] as const;

interface TrainingsOptions extends ReportOptions {
  readonly rounds: number;
  readonly steps: number;
  readonly choices: number;
}

export function trainings() {
  return benchmark(
    'trainings',
    'the same training on several networks and on the host’s own, and which of them `archetype: auto` chooses',
  )
    .option('--rounds <n>', 'rounds, each network once in each', positive, 5)
    .option('--steps <n>', 'of the training', positive, 100)
    .option('--choices <n>', 'times that the networks are measured and one is chosen', positive, 10)
    .action(measure);
}

async function measure(options: TrainingsOptions): Promise<void> {
  const report = startReport('trainings', options);
  await using bench = await startHost();
  const { host } = bench;
  const ovs = await startOvs();
  try {
    const jobs = await alternate(arms, options.rounds, async (arm, round) => {
      const job = await trained(host, file(arm, options.steps));
      say(
        `round ${round + 1}, ${arm}: ${job.seconds} s, of it ${percent(networkOf(job))} network and waiting`,
      );
      return job;
    });
    const took = (arm: (typeof arms)[number]) => jobs[arm].map(({ seconds }) => seconds ?? Number.NaN);
    const [best, worst] = [bestOf(took), bestOf((arm) => took(arm).map((one) => -one))];
    say(`best ${best}: ${inWords(summarize(took(best)), (one) => `${one.toFixed(2)} s`)}`);
    say(
      `worst ${worst}, of best: ${inWords(summarize(ratios(took(worst), took(best))), (one) => one.toFixed(2))}`,
    );
    say(
      `best, of the host’s own: ${inWords(summarize(ratios(took(best), took('host'))), (one) => one.toFixed(2))}`,
    );
    const explained = explainedBy(jobs[worst], jobs[best]);
    say(`of what ${worst} takes longer than ${best}, network and waiting are ${percent(explained)}`);
    const chosen: string[] = [];
    for (let choice = 0; choice < options.choices; choice++) chosen.push(await choose(host, choice));
    say(`chosen: ${chosen.join(', ')}`);
    report.save(
      { ...options, jobs, best, worst, explained, chosen },
      [
        atLeast(
          'choices that were the network on which the training takes least',
          0.9,
          chosen.filter((one) => one === best).length / chosen.length,
        ),
      ],
      [
        {
          title: 'The same training',
          x: '',
          y: 's',
          series: arms.map((arm) => ({
            name: arm,
            points: [{ x: 'all', y: summarize(took(arm)).mean }],
          })),
        },
      ],
    );
  } finally {
    await ovs.stop();
  }
}

/** That which takes least, the host’s own apart. */
function bestOf(took: (arm: (typeof arms)[number]) => readonly number[]): (typeof networks)[number] {
  return [...networks].sort((a, b) => median(took(a)) - median(took(b)))[0] ?? 'ip';
}

/** What of its time a job was on the network, or waited for others. */
function networkOf({ times, seconds }: JobStatus): number {
  return ((times?.network ?? 0) + (times?.waiting ?? 0)) / (seconds ?? Number.NaN);
}

function explainedBy(slow: readonly JobStatus[], fast: readonly JobStatus[]): number {
  const more = (of: (job: JobStatus) => number) => median(slow.map(of)) - median(fast.map(of));
  return more((job) => networkOf(job) * (job.seconds ?? 0)) / more(({ seconds }) => seconds ?? 0);
}

/** Measures the networks anew, and asks which one a file gets that leaves it open. */
async function choose(host: TestHost, choice: number): Promise<string> {
  const out = ['--out', `${host.folder}/measured-${choice}`, '--seed', String(choice)];
  const tests = ['latency', 'all-reduce'].flatMap((test) => ['--test', test]);
  await host.ok('bench', 'net', ...networks, ...tests, '--time', '50s', '--rounds', '1', ...out);
  const { stderr } = await host.heddle('plan', ...host.project(name, file('auto', 1)));
  const found = /networks\.lab: auto is (\w+):/.exec(stderr)?.[1] ?? 'none';
  say(`choice ${choice + 1}: ${found}`);
  return found;
}

async function trained(host: TestHost, text: string): Promise<JobStatus> {
  const project = host.project(name, text);
  await host.ok('up', '-d', ...project);
  let found: JobStatus | undefined;
  await until(
    'it is over',
    async () => {
      [found] = JSON.parse(await host.ok('jobs', ...project, '--format', 'json')) as JobStatus[];
      return found?.phase === 'ended' || found?.phase === 'failed';
    },
    600_000,
    500,
  );
  await host.ok('down', '-v', ...project);
  if (found?.phase !== 'ended') throw new Error(`the training has failed: ${found?.reason}`);
  return found;
}

/** A Compose file: JSON is YAML. */
function file(archetype: string, steps: number): string {
  const trainer = {
    image: 'localhost/heddle-examples/training',
    networks: ['lab'],
    environment: { STEPS: String(steps), WIDTH: '1024', OMP_NUM_THREADS: '1' },
    stop_grace_period: '1s',
    'x-heddle': { job: { workers: 2 } },
  };
  return JSON.stringify({
    services: { trainer },
    networks: { lab: { 'x-heddle': { archetype } } },
  });
}
