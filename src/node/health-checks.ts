import type { Engine } from '../engines/engine.ts';
import type { ObservedContainer } from '../engines/observed.ts';
import { label } from '../lib/labels.ts';

/**
 * Runs the health checks of applications at their intervals, for an engine that does not do so itself. It is shown the
 * containers whenever somebody has looked at them, and keeps a timer for each that runs and has a check.
 */
export class HealthChecks {
  readonly #engine: Engine;
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** What is there of a project now. */
  see(containers: readonly ObservedContainer[]): void {
    if (!this.#engine.workloads.checkHealth) return;
    for (const container of containers) {
      if (container.labels[label.role] !== 'application' || !container.healthcheck) continue;
      if (container.state !== 'running') this.#forget(container.id);
      else if (!this.#timers.has(container.id)) this.#begin(container, container.healthcheck.interval);
    }
  }

  stop(): void {
    for (const id of this.#timers.keys()) this.#forget(id);
  }

  #begin({ id, name }: Pick<ObservedContainer, 'id' | 'name'>, interval: number): void {
    let busy = false;
    const timer = setInterval(async () => {
      if (busy) return;
      busy = true;
      // A container that went away has no check any more; whoever looks next begins again.
      await this.#engine.workloads.checkHealth?.(name).catch(() => this.#forget(id));
      busy = false;
    }, interval);
    timer.unref();
    this.#timers.set(id, timer);
  }

  #forget(id: string): void {
    clearInterval(this.#timers.get(id));
    this.#timers.delete(id);
  }
}
