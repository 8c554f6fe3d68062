import type { ObservedContainer } from '../engines/observed.ts';
import { label } from '../lib/labels.ts';
import type { Log } from '../lib/log.ts';
import { ledger } from '../monitor/cost/ledger.ts';
import { type Measurement, measure, measureNode } from '../monitor/cost/measure.ts';
import type { CostRow } from '../monitor/cost/record.ts';
import type { History } from '../state/history.ts';

/** Milliseconds between two samples, and between two times that old ones are forgotten. */
const interval = 10_000;
const pruning = 600_000;

/**
 * Measures what every container of Heddle's uses, from /proc and the control groups alone: the engine is not asked.
 * It is shown the containers, and whose the addresses are, whenever somebody has looked at them.
 */
export class Meter {
  readonly #history: History;
  readonly #log: Log;
  readonly #measured: (project: string, now: number) => void;
  readonly #containers = new Map<string, readonly ObservedContainer[]>();
  #timers: NodeJS.Timeout[] = [];
  /** Runs whose beginning is recorded. */
  #begun = new Set<string>();

  /** `measured` is called after each sample of a project. */
  constructor(history: History, log: Log, measured: (project: string, now: number) => void) {
    this.#history = history;
    this.#log = log;
    this.#measured = measured;
  }

  start(): void {
    this.#timers = [
      setInterval(() => void this.#measureAll(), interval),
      setInterval(() => this.#history.prune(Date.now()), pruning),
    ];
    for (const timer of this.#timers) timer.unref();
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  /** What is there of a project now. A container is measured from when it is first seen. */
  see(project: string, containers: readonly ObservedContainer[]): void {
    const known = new Set(this.#containers.get(project)?.map(runOf));
    if (containers.length === 0) this.#containers.delete(project);
    else this.#containers.set(project, containers);
    const running = containers.filter(({ state }) => state === 'running');
    this.#remember(project, running);
    if (running.some((one) => !known.has(runOf(one)))) void this.#sample(project);
  }

  /** What each container of a project cost since a moment, up to now. */
  async cost(project: string, since: number): Promise<CostRow[]> {
    await this.#sample(project);
    return ledger(this.#history.samples(project, since));
  }

  async #measureAll(): Promise<void> {
    for (const project of this.#containers.keys()) await this.#sample(project);
  }

  async #sample(project: string): Promise<void> {
    const now = Date.now();
    try {
      const containers = this.#containers.get(project) ?? [];
      const measurements = await measure(project, containers, now);
      if (measurements.length === 0) return;
      this.#history.record([
        ...startsOf(
          measurements,
          containers.filter((one) => !this.#begun.has(runOf(one))),
        ),
        ...measurements,
        measureNode(project, now),
      ]);
      this.#begun = new Set([...this.#containers.values()].flat().map(runOf));
      this.#measured(project, now);
    } catch (error) {
      this.#log.warn(
        { project, error: (error as Error).message },
        'resource usage of the project cannot be recorded',
      );
    }
  }

  #remember(project: string, running: readonly ObservedContainer[]): void {
    const holders = running.flatMap(({ labels, networks, startedAt }) => {
      const pod = labels[label.pod];
      const service = labels[label.service];
      if (pod === undefined) return [];
      const owner = { pod, since: startedAt ?? Date.now(), ...(service !== undefined && { service }) };
      return networks.flatMap(({ ipv4, ipv6 }) =>
        [ipv4, ipv6].filter((address) => address !== undefined).map((address) => ({ ...owner, address })),
      );
    });
    try {
      this.#history.hold(project, holders, Date.now());
    } catch (error) {
      this.#log.warn(
        { project, error: (error as Error).message },
        'addresses of the project cannot be recorded',
      );
    }
  }
}

/** One run of a container: its counters begin with it. */
function runOf({ id, startedAt }: ObservedContainer): string {
  return `${id} ${startedAt}`;
}

/** Nothing was used when a container started: what it has used is known from its first sample on. */
function startsOf(measurements: readonly Measurement[], fresh: readonly ObservedContainer[]): Measurement[] {
  const started = new Map(fresh.map(({ id, startedAt }) => [id, startedAt]));
  return measurements.flatMap(({ subject, sample }) => {
    const time = started.get(subject.id);
    if (time === undefined || time >= sample.time) return [];
    return { subject, sample: { time, cpu: 0, memory: 0, sent: 0, received: 0 } };
  });
}
