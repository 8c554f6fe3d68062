import { type HeddleError, toHeddleError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { JobPhase, JobStatus, RankReport } from '../../monitor/jobs/status.ts';
import type { DeploymentSpec, JobSpec } from '../../selector/spec.ts';
import type { Applications } from '../applications.ts';
import { isOutOfReach } from '../spread/on-node.ts';
import { type Decision, decide, failing, type JobMemory, resumed } from './decide.ts';
import {
  type StepSample,
  sampled,
  sentBy,
  sentSince,
  stepOf,
  stepSeconds,
  stepsOf,
  timesOf,
} from './figures.ts';
import { leads, type RankGroup } from './group.ts';
import type { JobJournal } from './journal.ts';
import { runOf } from './run.ts';
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
  /** Bytes that each rank’s interface was last seen to have sent. */
  readonly sent: Map<number, number>;
  /** The run and the attempt at which ranks could not be started, once. */
  unstarted?: string;
  /** Why nothing is known or done at the moment. */
  trouble?: string;
  pausedUntil: number;
}

type Group = Pick<RankGroup, 'list' | 'stop' | 'start'>;

export interface KeeperParts {
  readonly applications: Pick<Applications, 'allDesired' | 'desired' | 'isBusy' | 'servicesOf'>;
  readonly journal: JobJournal;
  readonly groupOf: (spec: DeploymentSpec, service: string) => Group;
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

  /** Of the jobs that this node looks after. `withFlows`: what ranks exchange is read from the flows that were seen. */
  async status(project: string, withFlows = true): Promise<JobStatus[]> {
    const { spec } = this.#parts.applications.servicesOf(project, []).desired;
    const own = (spec.jobs ?? []).filter(({ service }) => leads(spec, service));
    return Promise.all(own.map((job) => this.#statusOf(spec, job, withFlows)));
  }

  async #statusOf(spec: DeploymentSpec, job: JobSpec, withFlows: boolean): Promise<JobStatus> {
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
    const seen = ranks.map((rank) => ({
      ...rank,
      sent: sentSince(rank.sent ?? watch.sent.get(rank.rank), memory.sentBefore?.[rank.rank]),
    }));
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
      exchanged: await this.#exchanged(spec, service, withFlows ? since : undefined, seen),
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
    const before = await this.#parts.journal.read(project, service);
    const last = watch.ranks;
    const now = performance.now();
    watch.advances = advanced(watch.advances, ranks, now);
    watch.samples = sampled(watch.samples, now, stepOf(ranks));
    watch.ranks = ranks;
    for (const { rank, sent } of ranks) if (sent !== null) watch.sent.set(rank, sent);
    // Another node has begun something that is not whole yet.
    if (ranks.some(({ settled }) => !settled)) return;
    const step = stepSeconds(watch.samples);
    const decision = decide(job, before, {
      ranks,
      now: Date.now(),
      isStopped: desired.stopped.includes(service),
      stuck: stuckText(job, ranks, watch.advances, step === null ? undefined : step * 1000, now),
    });
    const isNew = decision.memory.run !== before.run && before.run > 0;
    const memory = isNew
      ? { ...decision.memory, sentBefore: Object.fromEntries(watch.sent) }
      : decision.memory;
    await this.#note(project, job, before, memory, isNew ? last : ranks);
    try {
      await this.#act(project, job, { group, watch }, { ...decision, memory });
    } catch (error) {
      watch.pausedUntil = performance.now() + retry;
      throw error;
    }
  }

  async #act(
    project: string,
    job: JobSpec,
    { group, watch }: { readonly group: Group; readonly watch: Watch },
    decision: Decision,
  ): Promise<void> {
    if (decision.do === 'nothing') return;
    const { service } = job;
    const { journal, log } = this.#parts;
    if (decision.do !== 'start') await group.stop();
    if (decision.do === 'stop') return;
    // Whoever looks at them next, be it after the node was ended, knows who has started them.
    if (decision.do === 'restart')
      await journal.write(project, service, { ...decision.memory, isStarting: true });
    try {
      await group.start();
    } catch (error) {
      const { run, attempt } = decision.memory;
      // The engine may be at work still on what a node asked for that was killed: once does not count.
      const isFirst = watch.unstarted !== `${run} ${attempt}`;
      watch.unstarted = `${run} ${attempt}`;
      if (decision.do === 'start' || isFirst || isPassing(toHeddleError(error))) throw error;
      await this.#failedToStart(project, job, group, decision.memory, toHeddleError(error).message);
      return;
    }
    // What was stopped by hand meanwhile was not started; and a run that begins is seen at the next look.
    if (decision.do === 'start' || this.#parts.applications.desired(project)?.stopped.includes(service))
      return;
    const memory = resumed(decision.memory, await group.list());
    await journal.write(project, service, memory);
    log.info({ project, service, attempt: memory.attempt }, 'the ranks of a job have started');
  }

  /** That ranks cannot be started is a failure as any other: after so many, nobody tries again. */
  async #failedToStart(
    project: string,
    job: JobSpec,
    group: Group,
    memory: JobMemory,
    why: string,
  ): Promise<void> {
    const next = failing(job, memory, `its ranks cannot be started: ${why}`, Date.now());
    await this.#note(project, job, memory, next.memory, await group.list());
    if (next.do === 'stop') await group.stop();
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
      isOver && ranks.length > 0 && (after.run !== before.run || overPhases.includes(after.phase))
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

const overPhases: readonly JobPhase[] = ['ended', 'failed', 'stopped'];

const said: Readonly<Record<JobPhase, string>> = {
  waiting: 'a job waits',
  running: 'a job runs',
  restarting: 'the ranks of a job are started again',
  ended: 'a job has ended',
  failed: 'a job has failed',
  stopped: 'a job was stopped',
};

/** Without what stands beside it on disk, and what has no value: the same memory is the same text. */
function memoryOf(memory: JobMemory & { readonly runs?: unknown }): JobMemory {
  const { runs: _runs, ...rest } = memory;
  return JSON.parse(JSON.stringify(Object.fromEntries(Object.entries(rest).sort()))) as JobMemory;
}

/** Whether what was tried is tried again, however often. */
function isPassing(error: HeddleError): boolean {
  return error.code === 'ERR_INTERRUPTED' || error.code === 'ERR_ENGINE_GONE' || isOutOfReach(error);
}
