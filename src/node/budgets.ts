import type { Log } from '../lib/log.ts';
import { budgetWindow, excessOf, excessText } from '../monitor/cost/budget.ts';
import type { Budget } from '../selector/parameters.ts';
import type { DeploymentSpec } from '../selector/spec.ts';
import type { History } from '../state/history.ts';
import type { Applications } from './applications.ts';

interface Budgeted {
  readonly container: string;
  readonly budget: Budget;
  /** What traffic passes through is never taken away: that would open the way, or close it. */
  readonly inPath: boolean;
}

/** Holds agents to their budgets: one that is over it for a minute is detached; a function in the path is only named. */
export class Budgets {
  readonly #applications: Applications;
  readonly #history: History;
  readonly #log: Log;
  readonly #alerts = new Map<string, string>();

  constructor(applications: Applications, history: History, log: Log) {
    this.#applications = applications;
    this.#history = history;
    this.#log = log;
  }

  /** What `ps` says of a container that is over its budget and was left in place; null when there is nothing to say. */
  noteOf(container: string): string | null {
    const reason = this.#alerts.get(container);
    return reason === undefined ? null : `alert: used ${reason}`;
  }

  /** Who is over a budget, taken away or left in place. */
  overBudget(project: string): { readonly container: string; readonly detached: boolean }[] {
    const desired = this.#applications.desired(project);
    const left = desired
      ? budgetedIn(desired.spec).filter(({ container }) => this.#alerts.has(container))
      : [];
    return [
      ...(desired?.detached ?? []).map(({ container }) => ({ container, detached: true })),
      ...left.map(({ container }) => ({ container, detached: false })),
    ];
  }

  async check(project: string, now: number): Promise<void> {
    const spec = this.#applications.desired(project)?.spec;
    const budgeted = spec ? budgetedIn(spec) : [];
    if (budgeted.length === 0) return;
    const samples = this.#history.samples(project, now - budgetWindow);
    for (const { container, budget, inPath } of budgeted) {
      // Of containers that had the name one after another, only the one that is there can be over it now.
      const runs = samples.filter(({ subject }) => subject.name === container);
      const excess = runs.map((run) => excessOf(run.samples, budget, now)).find((one) => one !== undefined);
      const reason = excess && excessText(excess);
      if (reason === undefined) this.#alerts.delete(container);
      else if (inPath) this.#alert(project, container, reason);
      else await this.#detach(project, container, reason, now);
    }
  }

  #alert(project: string, container: string, reason: string): void {
    if (!this.#alerts.has(container))
      this.#log.warn({ project, container, reason }, 'container is over its budget');
    this.#alerts.set(container, reason);
  }

  async #detach(project: string, container: string, reason: string, now: number): Promise<void> {
    try {
      if (!(await this.#applications.detach(project, { container, reason, at: now }))) return;
      this.#log.warn({ project, container, reason }, 'agent detached: over its budget for a minute');
    } catch (error) {
      this.#log.error(
        { project, container, error: (error as Error).message },
        'agent over its budget cannot be detached',
      );
    }
  }
}

function budgetedIn({ features, pods }: DeploymentSpec): Budgeted[] {
  const inPath = new Set(pods.filter(({ role }) => role === 'function').map(({ name }) => name));
  return features.flatMap(({ budget, agents }) =>
    budget ? agents.map(({ pod, container }) => ({ container, budget, inPath: inPath.has(pod) })) : [],
  );
}
