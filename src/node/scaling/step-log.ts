import * as z from '../../lib/zod.ts';
import type { ScaleStep } from '../../monitor/scaling/status.ts';
import type { RecordKind } from '../../state/record.ts';
import type { Records } from '../../state/records.ts';

/** A step of one of an application's services. */
export interface LoggedStep extends ScaleStep {
  readonly service: string;
}

interface Logged {
  /** The newest first. */
  readonly steps: readonly LoggedStep[];
}

/** So many are remembered of each service. */
const most = 10;

/** What is stored of each application, under its project's name. */
export const stepRecord: RecordKind<Logged> = {
  schema: z.looseObject({
    steps: z.array(
      z.looseObject({
        service: z.string(),
        at: z.string(),
        from: z.number(),
        to: z.number(),
        reason: z.string(),
        outcome: z.enum(['running', 'done', 'failed', 'interrupted']),
        error: z.string().nullable(),
      }),
    ),
  }),
  migrations: [(record) => record],
};

/** The steps that were made, with their reasons: what a node that comes back knows of those that it has begun. */
export class StepLog {
  readonly #records: Records<Logged>;

  constructor(records: Records<Logged>) {
    this.#records = records;
  }

  /** The newest first. */
  of(project: string, service: string): readonly LoggedStep[] {
    return this.#all(project).filter((step) => step.service === service);
  }

  /** Notes a step of a service that begins. */
  begin(project: string, step: Pick<LoggedStep, 'service' | 'at' | 'from' | 'to' | 'reason'>): void {
    const own = [{ ...step, outcome: 'running', error: null } as const, ...this.of(project, step.service)];
    const others = this.#all(project).filter(({ service }) => service !== step.service);
    this.#records.put(project, { steps: [...own.slice(0, most), ...others] });
  }

  /** Notes what came of the last step of a service. */
  end(project: string, service: string, outcome: LoggedStep['outcome'], error: string | null = null): void {
    const [last, ...before] = this.of(project, service);
    if (!last) return;
    const others = this.#all(project).filter((step) => step.service !== service);
    this.#records.put(project, { steps: [{ ...last, outcome, error }, ...before, ...others] });
  }

  /** The node died in the last step of a service, where that was not over. */
  cut(project: string, service: string): void {
    if (this.of(project, service)[0]?.outcome !== 'running') return;
    this.end(project, service, 'interrupted', 'the node ended meanwhile');
  }

  forget(project: string): void {
    if (this.#records.get(project)) this.#records.delete(project);
  }

  #all(project: string): readonly LoggedStep[] {
    return this.#records.get(project)?.steps ?? [];
  }
}
