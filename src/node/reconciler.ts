import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../engines/engine.ts';
import type { EngineEvent } from '../engines/observed.ts';
import { Backoff } from '../lib/backoff.ts';
import { isHeddleError } from '../lib/errors.ts';
import { label } from '../lib/labels.ts';
import type { Log } from '../lib/log.ts';
import { isName } from '../lib/names.ts';
import type { Applications } from './applications.ts';
import { RestartTracker } from './restart-tracker.ts';

/** Milliseconds between two looks at everything, events or not. */
const resync = 15_000;
/** Milliseconds that events of one project are gathered before it is looked at. */
const gather = 50;
/** Milliseconds between two looks at a project while an operation on it is under way. */
const busyLook = 5_000;
/** Milliseconds until a project whose healing failed is tried again: doubled up to a minute. */
const firstRetry = 1_000;
const longestRetry = 60_000;
/** After which a project is looked at: a container that somebody puts onto one more network has an interface to guard. */
const looked: ReadonlySet<EngineEvent['action']> = new Set(['start', 'connect', 'die', 'remove']);

/** What the reconciler is in the middle of. */
export interface ReconcilerHooks {
  /** Told of all that happens to a project's containers. */
  onEvent(project: string, event: EngineEvent): void;
  /** Called when the engine's events end, which is when the engine may be gone. */
  revive(): Promise<void>;
}

/**
 * Keeps applications as they are wanted. Level-triggered: an event only says that it is time to look; what is done
 * follows from what is seen.
 */
export class Reconciler {
  readonly #applications: Applications;
  readonly #engine: Engine;
  readonly #log: Log;
  readonly #restarts = new RestartTracker();
  readonly #due = new Map<string, { readonly at: number; readonly timer: NodeJS.Timeout }>();
  /** Projects that wait for an operation to end before they are healed. */
  readonly #waiting = new Set<string>();
  readonly #retries = new Map<string, Backoff>();
  readonly #startedAt = new Map<string, number>();
  readonly #stopping = new AbortController();
  readonly #hooks: ReconcilerHooks;

  constructor(applications: Applications, log: Log, hooks: ReconcilerHooks) {
    this.#hooks = hooks;
    this.#applications = applications;
    this.#engine = applications.engine;
    this.#log = log;
  }

  start(): void {
    void this.#listen();
    void this.#lookAround();
  }

  stop(): void {
    this.#stopping.abort();
    for (const { timer } of this.#due.values()) clearTimeout(timer);
  }

  /** Looks at a project now. */
  look(project: string): void {
    this.#schedule(project, 0);
  }

  async #lookAround(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      this.#scheduleAll();
      await sleep(resync, undefined, { signal: this.#stopping.signal }).catch(() => {});
    }
  }

  #scheduleAll(): void {
    try {
      for (const { spec } of this.#applications.allDesired()) this.#schedule(spec.project, 0);
    } catch (error) {
      this.#log.error({ error: (error as Error).message }, 'desired state cannot be read');
    }
  }

  async #listen(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        for await (const event of this.#engine.workloads.events(this.#stopping.signal))
          this.#hearSafely(event);
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        this.#log.warn({ error: String(error) }, 'event stream of the engine ended; reconnecting');
      }
      await sleep(500, undefined, { signal: this.#stopping.signal }).catch(() => {});
      if (this.#stopping.signal.aborted) return;
      await this.#hooks
        .revive()
        .catch((error: Error) => this.#log.error({ error: error.message }, 'engine is unreachable'));
      // Whatever happened meanwhile, no event will tell.
      this.#scheduleAll();
    }
  }

  /** What one project's event makes fail is that project's: the next event is heard all the same. */
  #hearSafely(event: EngineEvent): void {
    const project = event.labels[label.project];
    // Anybody can give a container a label.
    if (project === undefined || !isName('project', project)) return;
    try {
      this.#onEvent(project, event);
    } catch (error) {
      this.#log.error({ project, error: (error as Error).message }, 'event of the engine cannot be handled');
    }
  }

  #onEvent(project: string, event: EngineEvent): void {
    this.#hooks.onEvent(project, event);
    // Events bear the engine's time, whose steps change nothing: what counts is when they are heard.
    const now = performance.now();
    if (event.action === 'start') this.#startedAt.set(event.container, now);
    if (event.action === 'die') {
      const started = this.#startedAt.get(event.container);
      this.#restarts.ended(
        event.container,
        started === undefined ? Number.POSITIVE_INFINITY : now - started,
        now,
      );
    }
    if (looked.has(event.action)) this.#schedule(project, gather);
  }

  /** Looks at a project in `delay` milliseconds; an earlier appointment stands, and a later one is moved forward. */
  #schedule(project: string, delay: number): void {
    if (this.#stopping.signal.aborted) return;
    const at = performance.now() + delay;
    const appointment = this.#due.get(project);
    if (appointment && appointment.at <= at) return;
    clearTimeout(appointment?.timer);
    const timer = setTimeout(() => {
      this.#due.delete(project);
      void this.#heal(project);
    }, delay);
    this.#due.set(project, { at, timer });
  }

  /** Whatever goes wrong with one project is logged and tried again: it is no reason to leave the others alone. */
  async #heal(project: string): Promise<void> {
    if (this.#waiting.has(project)) return;
    try {
      this.#waiting.add(project);
      await this.#untilIdle(project);
      this.#waiting.delete(project);
      if (this.#stopping.signal.aborted) return;
      await this.#bringBack(project);
      this.#retries.delete(project);
    } catch (error) {
      const backoff = this.#retries.get(project) ?? new Backoff(firstRetry, longestRetry);
      this.#retries.set(project, backoff);
      const wait = backoff.next();
      // That an operation of the user's took its place is what the user wanted.
      const level = isHeddleError(error, 'ERR_INTERRUPTED') ? 'info' : 'error';
      this.#log[level](
        { project, error: (error as Error).message, retryIn: wait },
        'could not bring everything back',
      );
      this.#schedule(project, wait);
    } finally {
      this.#waiting.delete(project);
    }
  }

  async #bringBack(project: string): Promise<void> {
    const policies = this.#policies(project);
    let soonest: number | undefined;
    const did = await this.#applications.heal(project, ({ name, exitCode }) => {
      const policy = policies.get(name) ?? { condition: 'always' };
      const pause = this.#restarts.pause(name, policy, exitCode, performance.now());
      if (pause !== undefined && pause > 0) soonest = Math.min(soonest ?? pause, pause);
      return pause === 0;
    });
    if (did) this.#log.info({ project }, 'restored missing containers or rules of the project');
    if (soonest !== undefined) this.#schedule(project, soonest);
  }

  /** A long operation must not keep health checks from beginning: meanwhile containers are looked at, and no more. */
  async #untilIdle(project: string): Promise<void> {
    const idle = this.#applications.idle(project).then(() => true);
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const pause = sleep(busyLook, false, { signal, ref: false }).catch(() => true);
      if (await Promise.race([idle, pause])) return;
      await this.#applications.look(project).catch(() => {});
    }
  }

  #policies(project: string) {
    const pods = this.#applications.desired(project)?.spec.pods ?? [];
    return new Map(
      pods.flatMap((pod) => pod.containers.map((container) => [container.name, container.restart])),
    );
  }
}
