import { readFile } from 'node:fs/promises';
import { observe } from '../../deploy/observe.ts';
import { podOf } from '../../deploy/observed.ts';
import { stopRanksPlan } from '../../deploy/plan/ranks.ts';
import { startPlan } from '../../deploy/plan/services.ts';
import { runPlan } from '../../deploy/run.ts';
import { StateFolder } from '../../deploy/state-folder.ts';
import type { ObservedContainer } from '../../engines/observed.ts';
import { HeddleError } from '../../lib/errors.ts';
import { isOneOff, label } from '../../lib/labels.ts';
import { parseNetDev } from '../../lib/net-dev.ts';
import type { RankReport } from '../../monitor/jobs/status.ts';
import { rankFolder } from '../../selector/jobs.ts';
import { replicaPods } from '../../selector/replica-pods.ts';
import type { JobSpec, PodSpec } from '../../selector/spec.ts';
import type { Applications } from '../applications.ts';
import { attachedSpec } from '../desired.ts';
import { readProgress } from './progress.ts';

/** The ranks of jobs that this node has: how they are, and what is done with all of a job's. */
export class Ranks {
  readonly #applications: Applications;
  readonly #stateDir: string;

  constructor(applications: Applications, stateDir: string) {
    this.#applications = applications;
    this.#stateDir = stateDir;
  }

  /** @throws HeddleError ERR_JOB_UNKNOWN */
  async list(project: string, service: string): Promise<RankReport[]> {
    const { spec } = this.#applications.servicesOf(project, []).desired;
    const job = jobOf(spec.jobs, service);
    const containers = await this.#applications.engine.workloads.containers(project);
    const { path } = new StateFolder(this.#stateDir, project);
    const settled = !this.#applications.isBusy(project);
    return Promise.all(
      replicaPods(spec, service).map(async (pod): Promise<RankReport> => {
        const own = containers.find((one) => podOf(one) === pod.name && isRank(one));
        const report = await this.#report(pod, job, own, `${path}/${rankFolder(pod.name)}/progress.json`);
        return { ...report, settled, ...(isStranded(pod, report, containers) && { state: 'missing' }) };
      }),
    );
  }

  /** Ends those that run: what they had begun is lost. */
  stop(project: string, service: string): Promise<void> {
    return this.#applications.exclusively(
      project,
      async (_tools, signal) => {
        const { spec } = this.#applications.servicesOf(project, []).desired;
        jobOf(spec.jobs, service);
        const context = { ...this.#applications.context(spec), signal };
        await runPlan(context, stopRanksPlan(spec, await observe(context), service), () => {});
      },
      undefined,
      'heal',
    );
  }

  /** Starts those that do not run, together; none of a service that was stopped by hand meanwhile. */
  start(project: string, service: string): Promise<void> {
    return this.#applications.exclusively(
      project,
      async (tools, signal) => {
        const { desired } = this.#applications.servicesOf(project, []);
        if (desired.stopped.includes(service)) return;
        const spec = attachedSpec(desired);
        jobOf(spec.jobs, service);
        const context = { ...this.#applications.context(spec), signal };
        const steps = startPlan(spec, await observe(context), [service], tools.healing({}));
        await runPlan(context, steps, () => {});
      },
      undefined,
      'heal',
    );
  }

  async #report(
    pod: PodSpec,
    job: JobSpec,
    container: ObservedContainer | undefined,
    progress: string,
  ): Promise<RankReport> {
    const { startedAt, finishedAt, exitCode, state, pid } = container ?? {};
    const isOver = state === 'stopped';
    return {
      settled: true,
      rank: (pod.index ?? 1) - 1,
      name: container?.name ?? pod.containers[0]?.name ?? pod.name,
      node: null,
      state: state === undefined ? 'missing' : isOver ? 'ended' : state,
      exitCode: isOver ? (exitCode ?? null) : null,
      startedAt: timeOf(startedAt),
      finishedAt: isOver ? timeOf(finishedAt) : null,
      progress: (startedAt !== undefined && (await readProgress(progress, startedAt))) || null,
      sent: pid === undefined ? null : await sentFrom(pid, interfaceOn(pod, job)),
    };
  }
}

/** Whether it runs in a sandbox that does not: it reaches nobody. */
function isStranded(
  { sandbox }: PodSpec,
  { state }: RankReport,
  containers: readonly ObservedContainer[],
): boolean {
  if (sandbox.kind !== 'own' || (state !== 'running' && state !== 'paused')) return false;
  const holder = containers.find(({ name }) => name === sandbox.name);
  return holder?.state !== 'running' && holder?.state !== 'paused';
}

/** Of one that is no job. @throws HeddleError ERR_JOB_UNKNOWN */
function jobOf(jobs: readonly JobSpec[] = [], service: string): JobSpec {
  const job = jobs.find((one) => one.service === service);
  if (job) return job;
  const there = jobs.map((one) => one.service).join(', ') || 'none';
  throw new HeddleError(
    'ERR_JOB_UNKNOWN',
    `there is no job ${JSON.stringify(service.slice(0, 63))}; there is ${there}`,
  );
}

function isRank({ labels }: ObservedContainer): boolean {
  return labels[label.role] === 'application' && !isOneOff(labels);
}

function timeOf(milliseconds: number | undefined): string | null {
  return milliseconds === undefined ? null : new Date(milliseconds).toISOString();
}

/** What the pod's interface on the job's network is called in there. */
function interfaceOn({ sandbox }: PodSpec, { network }: JobSpec): string {
  const all = sandbox.kind === 'own' ? sandbox.networks : [];
  return `eth${Math.max(
    0,
    all.findIndex((one) => one.network === network),
  )}`;
}

async function sentFrom(pid: number, name: string): Promise<number | null> {
  try {
    const all = parseNetDev(await readFile(`/proc/${pid}/net/dev`, 'utf8'));
    return all.find((one) => one.name === name)?.sent ?? null;
  } catch {
    return null;
  }
}
