import { Backoff } from '../../lib/backoff.ts';
import { isHeddleError, SeveralErrors } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { ScalingStatus } from '../../monitor/scaling/status.ts';
import { replicaPods } from '../../selector/replica-pods.ts';
import type { ScalingSpec } from '../../selector/spec.ts';
import type { Applications } from '../applications.ts';
import type { Desired } from '../desired.ts';
import { decide, type Memory } from './decide.ts';
import { lookAt } from './look.ts';
import { averageOf, type Reading } from './proposal.ts';
import { readingsOf } from './readings.ts';
import type { Sight } from './sight.ts';
import { situationOf } from './situation.ts';
import { takeStep } from './step.ts';
import type { LoggedStep, StepLog } from './step-log.ts';

/** Milliseconds from one time to the next that it is seen who is due. */
const tick = 500;
/** Milliseconds until a step that failed is tried again: doubled up to five minutes. */
const firstRetry = 15_000;
const longestRetry = 300_000;

/** What is remembered of a service that is followed. */
interface Follower {
  due: number;
  before?: Sight;
  memory?: Memory;
  /** After a step that failed nothing is decided until then. */
  pause?: { readonly until: number; readonly error: string };
  readonly backoff: Backoff;
  readings: readonly Reading[];
  asked: number | null;
  reason: string | null;
}

type Change = Pick<LoggedStep, 'service' | 'from' | 'to' | 'reason'>;

/**
 * Lets the replicas of services follow metrics: looks, decides, and does what `heddle scale` does. It gives way to whoever asks for
 * something else, and takes one step of an application at a time.
 */
export class Autoscaler {
  readonly #applications: Applications;
  readonly #steps: StepLog;
  readonly #log: Log;
  readonly #followers = new Map<string, Map<string, Follower>>();
  readonly #busy = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(applications: Applications, steps: StepLog, log: Log) {
    this.#applications = applications;
    this.#steps = steps;
    this.#log = log;
  }

  start(): void {
    this.#timer = setInterval(() => this.#tick(), tick);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Something else is wanted of a project. */
  wanted(project: string): void {
    if (this.#applications.desired(project)?.spec.scaling) return;
    this.#followers.delete(project);
    this.#steps.forget(project);
  }

  status(project: string): ScalingStatus[] {
    const { spec } = this.#applications.servicesOf(project, []).desired;
    return (spec.scaling ?? []).map(({ service, min, max, on }) => {
      const follower = this.#followers.get(project)?.get(service);
      const steps = this.#steps.of(project, service);
      return {
        service,
        replicas: replicaPods(spec, service).length,
        min,
        max,
        asked: follower?.asked ?? null,
        metrics: on.map(({ metric, target }) => {
          const reading = follower?.readings.find((one) => one.metric === metric);
          return { metric, target, value: (reading && averageOf(reading)) ?? null };
        }),
        reason: follower?.reason ?? null,
        steps: steps.map(({ service: _service, ...step }) => step),
      };
    });
  }

  #tick(): void {
    for (const { spec } of this.#applications.allDesired())
      if (spec.scaling && !this.#busy.has(spec.project)) void this.#round(spec.project, spec.scaling);
  }

  async #round(project: string, all: readonly ScalingSpec[]): Promise<void> {
    const due = all.filter(({ service }) => performance.now() >= this.#follower(project, service).due);
    if (due.length === 0) return;
    this.#busy.add(project);
    try {
      for (const { service } of due) await this.#follow(project, service);
    } finally {
      this.#busy.delete(project);
    }
  }

  /** What goes wrong with one service is said, and tried again. */
  async #follow(project: string, service: string): Promise<void> {
    const desired = this.#applications.desired(project);
    const scaling = desired?.spec.scaling?.find((one) => one.service === service);
    if (!desired || !scaling) return;
    const follower = this.#follower(project, service);
    follower.due = performance.now() + scaling.every;
    try {
      await this.#look(desired, scaling, follower);
    } catch (error) {
      follower.reason = (error as Error).message;
      this.#log.error(
        { project, service, error: (error as Error).message },
        'metrics of a service cannot be followed',
      );
    }
  }

  async #look(desired: Desired, scaling: ScalingSpec, follower: Follower): Promise<void> {
    const { spec } = desired;
    const { project } = spec;
    const { service } = scaling;
    const containers = await this.#applications.engine.workloads.containers(project);
    const situation = situationOf(scaling, desired, containers, this.#steps.of(project, service)[0]);
    const current = replicaPods(spec, service).length;
    if (situation.kind === 'wait') {
      this.#forget(follower, situation.reason);
      return;
    }
    if (situation.kind === 'over') this.#steps.end(project, service, situation.outcome);
    if (situation.kind === 'again') this.#steps.cut(project, service);
    const { pause } = follower;
    const isPaused = pause !== undefined && performance.now() < pause.until;
    if (situation.kind === 'again' && !isPaused) {
      const { reason, replicas } = situation;
      await this.#step(desired, { service, from: replicas, to: current, reason }, follower);
      return;
    }
    const sight = await lookAt(spec, service, new Set(scaling.on.map(({ metric }) => metric)), containers);
    const readings = readingsOf(scaling, spec.pods, follower.before, sight);
    const isFirst = follower.before === undefined;
    follower.before = sight;
    follower.readings = readings;
    if (isFirst) return;
    const decision = decide(scaling, current, readings, follower.memory, sight.at);
    follower.asked = decision.asked;
    follower.reason = isPaused ? `the last step failed, and the next waits: ${pause.error}` : decision.reason;
    if (isPaused) return;
    follower.memory = decision.memory;
    const { to, reason } = decision;
    if (to !== current) await this.#step(desired, { service, from: current, to, reason }, follower);
  }

  async #step(wanted: Desired, change: Change, follower: Follower): Promise<void> {
    const { project } = wanted.spec;
    const { service, to } = change;
    const origin = wanted.origins?.[service];
    if (!origin) return;
    const what = { project, ...change };
    this.#steps.begin(project, { ...change, at: new Date().toISOString() });
    this.#log.info(what, 'changing the number of replicas');
    try {
      const isDone = await takeStep(this.#applications, { service, to, from: wanted }, origin);
      this.#steps.end(project, service, isDone ? 'done' : 'interrupted');
      if (isDone) this.#log.info(what, 'the number of replicas has changed');
      follower.backoff.reset();
      delete follower.pause;
    } catch (error) {
      this.#failed(what, error as Error, follower);
    }
  }

  #failed(what: Change & { readonly project: string }, thrown: Error, follower: Follower): void {
    const { project, service } = what;
    const error =
      thrown instanceof SeveralErrors
        ? thrown.errors.map(({ message }) => message).join('; ')
        : thrown.message;
    if (isHeddleError(thrown, 'ERR_INTERRUPTED')) {
      this.#steps.end(project, service, 'interrupted', error);
      this.#log.info(what, 'changing the number of replicas gave way');
      return;
    }
    const retryIn = follower.backoff.next();
    follower.pause = { until: performance.now() + retryIn, error };
    this.#steps.end(project, service, 'failed', error);
    this.#log.error({ ...what, error, retryIn }, 'the number of replicas cannot be changed');
  }

  #forget(follower: Follower, reason: string): void {
    delete follower.before;
    delete follower.memory;
    follower.readings = [];
    follower.asked = null;
    follower.reason = reason;
  }

  #follower(project: string, service: string): Follower {
    const own = this.#followers.get(project) ?? new Map<string, Follower>();
    this.#followers.set(project, own);
    const known = own.get(service);
    if (known) return known;
    const backoff = new Backoff(firstRetry, longestRetry);
    const fresh: Follower = { due: 0, backoff, readings: [], asked: null, reason: null };
    own.set(service, fresh);
    return fresh;
  }
}
