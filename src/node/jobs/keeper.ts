import { toHeddleError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { JobPhase, JobRun, JobStatus, RankReport } from '../../monitor/jobs/status.ts';
import type { DeploymentSpec, JobSpec } from '../../selector/spec.ts';
import type { Applications } from '../applications.ts';
import { type Decision, decide, type JobMemory, resumed } from './decide.ts';
import { type StepSample, sampled, sentBy, stepOf, stepSeconds, stepsOf, timesOf } from './figures.ts';
import { leads, type RankGroup } from './group.ts';
import type { JobJournal } from './journal.ts';
import { type Advances, advanced, stuckText } from './stuck.ts';

/** Milliseconds between two looks at a job. */
const tick = 1_000;
/** Milliseconds until what failed is tried again. */
const retry = 5_000;

/** What is remembered of a job as long as the node runs. */
interface Watch {
  advances: Advances;
  samples: readonly StepSample[];
  /** The last that was seen: what has ended says nothing any more. */
  ranks: readonly RankReport[];
  /** Bytes that each rank was last seen to have sent in this attempt. */
  readonly sent: Map<string, number>;
  /** Why nothing is known or done at the moment. */
  trouble?: string;
  pausedUntil: number;
}

export interface KeeperParts {
  readonly applications: Pick<Applications, 'allDesired' | 'desired' | 'isBusy' | 'servicesOf'>;
  readonly journal: JobJournal;
  readonly groupOf: (spec: DeploymentSpec, service: string) => Pick<RankGroup, 'list' | 'stop' | 'start'>;
  /** Bytes that ranks sent to each other since a moment, as far as that was seen. */
  readonly exchanged: (spec: DeploymentSpec, service: string, since: number) => Promise<number | undefined>;
  readonly log: Log;
}

/** Looks after the jobs whose first rank is here: sees that one has ended, failed or is stuck, and starts its ranks again. */
export class JobKeeper {
  readonly #parts: KeeperParts;
  readonly #watches = new Map<string, Watch>();
  readonly #busy = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setInterval(() => this.#lookAround(), tick);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Something else is wanted of a project. */
  wanted(project: string): void {
    if (this.#parts.applications.desired(project)) return;
    this.#parts.journal.forget(project);
    for (const key of this.#watches.keys()) if (key.startsWith(`${project} `)) this.#watches.delete(key);
  }

  /** Of the jobs that this node looks after. */
  async status(project: string): Promise<JobStatus[]> {
    const { spec } = this.#parts.applications.servicesOf(project, []).desired;
    const own = (spec.jobs ?? []).filter(({ service }) => leads(spec, service));
    return Promise.all(own.map((job) => this.#statusOf(spec, job)));
  }

  async #statusOf(spec: DeploymentSpec, job: JobSpec): Promise<JobStatus> {
    const { service, workers, retries } = job;
    // Who asks right after `up` is told of what it has begun.
    await this.#lookSafely(spec, job);
    const { runs, ...memory } = await this.#parts.journal.read(spec.project, service);
    const watch = this.#watchOf(spec.project, service);
    let { trouble } = watch;
    const ranks = await this.#parts
      .groupOf(spec, service)
      .list()
      .catch((error: unknown) => {
        trouble = toHeddleError(error).message;
        return watch.ranks;
      });
    const seen = ranks.map((rank) => ({ ...rank, sent: rank.sent ?? watch.sent.get(keyOf(rank)) ?? null }));
    const since = memory.startedAt;
    return {
      service,
      phase: memory.phase,
      reason: trouble ?? memory.reason,
      workers,
      retries,
      run: memory.run,
      attempt: memory.attempt,
      startedAt: since === undefined ? null : new Date(since).toISOString(),
      seconds: since === undefined ? null : Math.max(0, (memory.endedAt ?? Date.now()) - since) / 1000,
      network: job.network ?? null,
      step: stepOf(ranks),
      steps: stepsOf(ranks),
      stepSeconds: stepSeconds(watch.samples),
      times: timesOf(ranks),
      exchanged: await this.#exchanged(spec, service, since, seen),
      ranks: seen,
      runs: runs.filter(({ run }) => run !== memory.run),
    };
  }

  async #exchanged(
    spec: DeploymentSpec,
    service: string,
    since: number | undefined,
    ranks: readonly RankReport[],
  ): Promise<JobStatus['exchanged']> {
    const seen =
      since === undefined
        ? undefined
        : await this.#parts.exchanged(spec, service, since).catch((error: unknown) => {
            this.#parts.log.warn(
              { service, error: toHeddleError(error).message },
              'flows of a job cannot be read',
            );
            return undefined;
          });
    if (seen !== undefined) return { bytes: seen, how: 'measured' };
    const sent = sentBy(ranks);
    return sent === null ? null : { bytes: sent, how: 'estimated' };
  }

  #lookAround(): void {
    for (const { spec } of this.#parts.applications.allDesired())
      for (const job of spec.jobs ?? []) if (leads(spec, job.service)) void this.#lookSafely(spec, job);
  }

  /** What goes wrong with one job is said, and tried again. */
  async #lookSafely(spec: DeploymentSpec, job: JobSpec): Promise<void> {
    const { project } = spec;
    const { service } = job;
    const key = `${project} ${service}`;
    const watch = this.#watchOf(project, service);
    // Whoever is at work on it has begun something that is not whole yet.
    if (
      this.#busy.has(key) ||
      this.#parts.applications.isBusy(project) ||
      performance.now() < watch.pausedUntil
    )
      return;
    this.#busy.add(key);
    try {
      await this.#look(spec, job, watch);
      delete watch.trouble;
    } catch (thrown) {
      const { code, message } = toHeddleError(thrown);
      // Somebody asked for something else, and is to have it first.
      if (code === 'ERR_INTERRUPTED') return;
      if (watch.trouble !== message)
        this.#parts.log.error({ project, service, code, error: message }, 'a job cannot be looked after');
      watch.trouble = message;
    } finally {
      this.#busy.delete(key);
    }
  }

  async #look(spec: DeploymentSpec, job: JobSpec, watch: Watch): Promise<void> {
    const { project } = spec;
    const { service } = job;
    const group = this.#parts.groupOf(spec, service);
    const ranks = await group.list();
    const desired = this.#parts.applications.desired(project);
    // Somebody asked for something else while it was looked.
    if (desired?.spec !== spec || this.#parts.applications.isBusy(project)) return;
    const now = performance.now();
    watch.advances = advanced(watch.advances, ranks, now);
    watch.samples = sampled(watch.samples, now, stepOf(ranks));
    watch.ranks = ranks;
    for (const rank of ranks) if (rank.sent !== null) watch.sent.set(keyOf(rank), rank.sent);
    const before = await this.#parts.journal.read(project, service);
    const step = stepSeconds(watch.samples);
    const decision = decide(job, before, {
      ranks,
      now: Date.now(),
      isStopped: desired.stopped.includes(service),
      stuck: stuckText(job, ranks, watch.advances, step === null ? undefined : step * 1000, now),
    });
    await this.#note(project, job, before, decision.memory, ranks);
    try {
      await this.#act(project, service, group, decision);
    } catch (error) {
      watch.pausedUntil = performance.now() + retry;
      throw error;
    }
  }

  async #act(
    project: string,
    service: string,
    group: Pick<RankGroup, 'list' | 'stop' | 'start'>,
    decision: Decision,
  ): Promise<void> {
    if (decision.do === 'nothing') return;
    await group.stop();
    if (decision.do === 'stop') return;
    await group.start();
    const memory = resumed(decision.memory, await group.list());
    // What was stopped by hand meanwhile was not started.
    if (this.#parts.applications.desired(project)?.stopped.includes(service)) return;
    await this.#parts.journal.write(project, service, memory.run === 0 ? { ...memory, starts: {} } : memory);
    this.#parts.log.info({ project, service, attempt: memory.attempt }, 'the ranks of a job have started');
  }

  /** What has changed stands on disk before anything is done about it. */
  async #note(
    project: string,
    job: JobSpec,
    before: JobMemory,
    after: JobMemory,
    ranks: readonly RankReport[],
  ): Promise<void> {
    if (JSON.stringify(memoryOf(before)) === JSON.stringify(memoryOf(after))) return;
    const { service } = job;
    const isOver = before.phase === 'running' || before.phase === 'restarting';
    const ended =
      isOver && (after.run !== before.run || ['ended', 'failed', 'stopped'].includes(after.phase))
        ? runOf(job, before, after, ranks)
        : undefined;
    await this.#parts.journal.write(project, service, memoryOf(after), ended);
    if (before.phase === after.phase && before.attempt === after.attempt && before.run === after.run) return;
    const { phase, run, attempt, reason } = after;
    const level = phase === 'failed' || phase === 'restarting' ? 'warn' : 'info';
    this.#parts.log[level]({ project, service, run, attempt, reason }, said[phase]);
  }

  #watchOf(project: string, service: string): Watch {
    const key = `${project} ${service}`;
    const known = this.#watches.get(key);
    if (known) return known;
    const fresh: Watch = { advances: new Map(), samples: [], ranks: [], sent: new Map(), pausedUntil: 0 };
    this.#watches.set(key, fresh);
    return fresh;
  }
}

const said: Readonly<Record<JobPhase, string>> = {
  waiting: 'a job waits',
  running: 'a job runs',
  restarting: 'the ranks of a job are started again',
  ended: 'a job has ended',
  failed: 'a job has failed',
  stopped: 'a job was stopped',
};

/** Without what stands beside it on disk. */
function memoryOf(memory: JobMemory): JobMemory {
  const { run, attempt, phase, reason, startedAt, endedAt, starts, failure, notBefore } = memory;
  return { run, attempt, phase, reason, startedAt, endedAt, starts, failure, notBefore };
}

function runOf(job: JobSpec, before: JobMemory, after: JobMemory, ranks: readonly RankReport[]): JobRun {
  const startedAt = before.startedAt ?? Date.now();
  const endedAt = after.run === before.run ? (after.endedAt ?? Date.now()) : Date.now();
  return {
    run: before.run,
    startedAt: new Date(startedAt).toISOString(),
    seconds: Math.max(0, endedAt - startedAt) / 1000,
    outcome:
      after.run === before.run && after.phase !== 'running' ? (after.phase as JobRun['outcome']) : 'stopped',
    attempts: before.attempt,
    step: stepOf(ranks),
    network: job.network ?? null,
    times: timesOf(ranks),
  };
}

function keyOf({ rank, startedAt }: RankReport): string {
  return `${rank} ${startedAt}`;
}
