import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { JobStatus } from '../../src/monitor/jobs/status.ts';
import type { SitesLab } from '../../test/support/sites-lab.ts';
import { expectText, note, say, seconds } from '../lib/show.ts';
import { makeImages, shown } from '../lib/sites-demo.ts';
import { until } from '../lib/until.ts';

const file = path.join(import.meta.dirname, 'compose.yaml');
const networks = ['overlay', 'routed'] as const;
/** What the benchmark leaves: figures, and a page with plots. */
const results = path.resolve(import.meta.dirname, '../../.cache/demo-training');
const size = { STEPS: '100', WIDTH: '512' };
/** Milliseconds that a training may take, on a machine that has other things to do. */
const patience = 300_000;

/** Builds the lab and trains in it, scene by scene. @throws Error when something is not as it should be */
export async function tell(lab: SitesLab): Promise<void> {
  const story = new Story(lab);
  await story.hosts();
  await story.measure();
  for (const network of networks) await story.train(network);
  await story.compare();
  await story.kill();
  await story.down();
}

class Story {
  readonly #lab: SitesLab;
  readonly #jobs = new Map<string, JobStatus>();

  constructor(lab: SitesLab) {
    this.#lab = lab;
  }

  async hosts(): Promise<void> {
    say('Two hosts, each with a node and an engine of its own');
    await makeImages(import.meta.dirname, 'localhost/heddle-examples/training');
    await this.#lab.start();
    await this.#heddle('berlin', {}, 'node', 'ls');
  }

  async measure(): Promise<void> {
    say('What each kind of network gives between the two hosts');
    rmSync(results, { recursive: true, force: true });
    const asked = ['--test', 'throughput', '--test', 'latency', '--rounds', '1', '--time', '40s'];
    const to = ['--to', 'paris', '--out', results];
    await this.#heddle('berlin', {}, 'bench', 'net', ...networks, ...asked, ...to);
    note(`plots: ${path.relative(process.cwd(), path.join(results, 'report.html'))}`);
    expectText('the report', readFileSync(path.join(results, 'report.html'), 'utf8'), /<svg/);
  }

  async train(network: string): Promise<void> {
    say(`Four ranks train over both hosts, on a network of the archetype ${network}`);
    const project = projectOn(network);
    await this.#heddle('berlin', { NETWORK: network, ...size }, 'up', '-d', ...project, '-f', file);
    await this.#until(network, 'it has ended', ({ phase }) => phase === 'ended');
    await this.#heddle('paris', {}, 'jobs', 'trainer', ...project);
    this.#jobs.set(network, await this.#job(network));
    const said = this.#lab.host('berlin').container('logs', `training-${network}-trainer-1`);
    note(/reads .*/.exec(said)?.[0] ?? 'it has said nothing');
    expectText('what it has learnt', said, /reads (8|9)\d\.\d%/);
    await this.#heddle('berlin', {}, 'down', '-v', ...project);
  }

  async compare(): Promise<void> {
    say('What the network had to do with it');
    for (const [network, { seconds: took, times, stepSeconds }] of this.#jobs) {
      const share = times && times.network / (times.compute + times.network + times.waiting + times.data);
      note(
        `${network.padEnd(8)} ${(took ?? 0).toFixed(1)} s, ${((stepSeconds ?? 0) * 1000).toFixed(0)} ms a step, ${Math.round((share ?? 0) * 100)} % of it in the network`,
      );
    }
  }

  async kill(): Promise<void> {
    const network = 'auto';
    say('The same on the network that Heddle chooses by what was measured, and a rank is killed in Paris');
    const project = projectOn(network);
    const plan = await this.#heddle('berlin', { NETWORK: network, ...size }, 'plan', ...project, '-f', file);
    expectText('the choice', plan, /networks\.ranks: auto is (overlay|routed): .*bit\/s/);
    const paris = this.#lab.host('paris');
    await this.#heddle('berlin', { NETWORK: network, ...size }, 'up', '-d', ...project, '-f', file);
    await this.#until(
      network,
      'it has a checkpoint',
      ({ ranks }) => (ranks[0]?.progress?.checkpoint ?? 0) >= 20,
    );
    const { step } = await this.#job(network);
    paris.container('kill', `training-${network}-trainer-4`);
    const killed = performance.now();
    await this.#until(
      network,
      'all go on',
      ({ attempt, phase, step: now }) => attempt === 2 && phase === 'running' && (now ?? 0) > 0,
    );
    await this.#heddle('berlin', {}, 'jobs', ...project);
    const again = await this.#job(network);
    note(`killed at step ${step}; all ranks went on after ${seconds(performance.now() - killed)}`);
    expectText('why', again.reason ?? '', /rank 3 on node paris ended by signal 9/);
    await this.#until(network, 'it has ended', ({ phase }) => phase === 'ended');
    await this.#heddle('berlin', {}, 'jobs', ...project);
  }

  async down(): Promise<void> {
    say('Nothing is left of it on either of them');
    await this.#heddle('paris', {}, 'down', '-v', ...projectOn('auto'));
    for (const host of this.#lab.hosts.values())
      for (const network of [...networks, 'auto']) {
        const left = host.leftovers(`training-${network}`);
        if (left.length > 0) throw new Error(`left on ${host.name}: ${left.join(', ')}`);
      }
  }

  async #job(network: string): Promise<JobStatus> {
    const [job] = await this.#lab.host('berlin').json<JobStatus[]>('jobs', ...projectOn(network));
    if (!job) throw new Error('there is no job');
    return job;
  }

  async #until(network: string, what: string, is: (job: JobStatus) => boolean): Promise<void> {
    await until(
      what,
      async () => {
        const job = await this.#job(network);
        if (job.phase === 'failed') throw new Error(job.reason ?? 'it has failed');
        return is(job);
      },
      patience,
    );
  }

  #heddle(where: string, variables: Readonly<Record<string, string>>, ...args: readonly string[]) {
    return shown(this.#lab.host(where), variables, args);
  }
}

function projectOn(network: string): string[] {
  return ['-p', `training-${network}`];
}
