import type { Plan, Step, StepArguments, StepKind, StepOf } from '../step.ts';

/** Collects the steps of a plan and hands out their ids. */
export class PlanBuilder {
  readonly #steps = new Map<string, Step>();
  readonly #warnings = new Set<string>();

  /** Notes what the owner has to know and no step tells. */
  warn(text: string): void {
    this.#warnings.add(text);
  }

  /** Adds a step and returns its id. A step that is there already is not added twice. */
  add<Kind extends StepKind>(
    kind: Kind,
    subject: string,
    args: StepArguments[Kind],
    reason: string,
    after: Iterable<string> = [],
  ): string {
    const step = { id: `${kind} ${subject}`, kind, subject, args, reason, after: [...after] };
    // The compiler does not see that a kind and its own arguments are one of all steps.
    return this.adopt(step as StepOf<Kind> as Step);
  }

  /** Adds a step of another plan, in the same way. */
  adopt(step: Step): string {
    if (!this.#steps.has(step.id)) this.#steps.set(step.id, { ...step, after: [...new Set(step.after)] });
    return step.id;
  }

  /** Lets a step that was added wait for others, too. */
  delay(id: string, after: readonly string[]): void {
    const step = this.#steps.get(id);
    if (step) this.#steps.set(id, { ...step, after: [...new Set([...step.after, ...after])] });
  }

  /** Lets a step that was added go on when others fail that it waits for. */
  despite(id: string, failed: readonly string[]): void {
    const step = this.#steps.get(id);
    if (step && failed.length > 0) this.#steps.set(id, { ...step, despite: failed });
  }

  /** Lets a container that is to be created be started by a step of its own. */
  withhold(id: string): void {
    const step = this.#steps.get(id);
    if (step?.kind === 'createContainer')
      this.#steps.set(id, { ...step, args: { ...step.args, start: false } });
  }

  /** What a step waits for. */
  waitsOf(id: string): readonly string[] {
    return this.#steps.get(id)?.after ?? [];
  }

  has(id: string): boolean {
    return this.#steps.has(id);
  }

  /** Whether a step waits for another, whatever is between them. */
  follows(id: string, before: string): boolean {
    return this.upTo(id).has(before);
  }

  /** A step and all that it waits for, whatever is between them. */
  upTo(id: string): ReadonlySet<string> {
    const seen = new Set<string>();
    const waiting = [id];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      waiting.push(...(this.#steps.get(next)?.after ?? []));
    }
    return seen;
  }

  /** Ids of the steps that begin like one of the prefixes. */
  idsOf(kind: StepKind, subjects: Iterable<string>): string[] {
    return [...subjects].map((subject) => `${kind} ${subject}`).filter((id) => this.#steps.has(id));
  }

  ids(): string[] {
    return [...this.#steps.keys()];
  }

  /** The plan, its steps ordered so that each comes after those it waits for. */
  build(project: string): Plan {
    const ordered: Step[] = [];
    const seen = new Set<string>();
    const visit = (id: string) => {
      const step = this.#steps.get(id);
      if (!step || seen.has(id)) return;
      seen.add(id);
      for (const before of step.after) visit(before);
      ordered.push({ ...step, after: step.after.filter((before) => this.#steps.has(before)) });
    };
    for (const id of this.#steps.keys()) visit(id);
    return { project, steps: ordered, warnings: [...this.#warnings] };
  }
}
