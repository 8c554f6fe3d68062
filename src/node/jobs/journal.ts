import { StateFolder } from '../../deploy/state-folder.ts';
import type { HeddleError } from '../../lib/errors.ts';
import * as z from '../../lib/zod.ts';
import { type JobRun, jobPhases } from '../../monitor/jobs/status.ts';
import type { RecordKind } from '../../state/record.ts';
import { type JobMemory, unknownJob } from './decide.ts';

/** What is known of a job, and of its earlier runs, the newest first. */
export interface JobRecord extends JobMemory {
  readonly runs: readonly JobRun[];
}

/** Runs that are remembered of a job. */
const most = 20;

const optionalTime = z.number().optional();

const times = z.looseObject({
  compute: z.number(),
  network: z.number(),
  waiting: z.number(),
  data: z.number(),
});

const jobRecord: RecordKind<JobRecord> = {
  schema: z.looseObject({
    run: z.int(),
    attempt: z.int(),
    phase: z.enum(jobPhases),
    reason: z.string().nullable(),
    startedAt: optionalTime,
    endedAt: optionalTime,
    starts: z.record(z.string(), z.string()),
    failure: z.string().optional(),
    isStarting: z.boolean().optional(),
    sentBefore: z.record(z.string(), z.number()).optional(),
    notBefore: optionalTime,
    runs: z.array(
      z.looseObject({
        run: z.int(),
        startedAt: z.string(),
        seconds: z.number(),
        outcome: z.enum(['ended', 'failed', 'stopped']),
        attempts: z.int(),
        step: z.int().nullable(),
        network: z.string().nullable(),
        times: times.nullable(),
      }),
    ),
  }),
  migrations: [(value) => value],
};

/** What is known of jobs, in their applications’ folders: earlier runs are data, and stay until that is removed. */
export class JobJournal {
  readonly #stateDir: string;
  readonly #spoilt: (project: string, service: string, error: HeddleError) => void;
  readonly #known = new Map<string, JobRecord>();

  constructor(stateDir: string, spoilt: (project: string, service: string, error: HeddleError) => void) {
    this.#stateDir = stateDir;
    this.#spoilt = spoilt;
  }

  /** @throws HeddleError ERR_STATE_NEWER */
  async read(project: string, service: string): Promise<JobRecord> {
    const key = `${project} ${service}`;
    const known = this.#known.get(key);
    if (known) return known;
    const folder = new StateFolder(this.#stateDir, project);
    const read = await folder.readRecord(jobRecord, nameOf(service)).catch((error: HeddleError) => {
      // A node of a later version may read it again; what is spoilt is put aside, and no run is lost for it that goes on.
      if (error.code !== 'ERR_STATE') throw error;
      this.#spoilt(project, service, error);
      return folder.setAside(nameOf(service)).then(() => undefined);
    });
    const record = read ?? { ...unknownJob, runs: [] };
    this.#known.set(key, record);
    return record;
  }

  /** `run`: one that is over. */
  async write(project: string, service: string, memory: JobMemory, run?: JobRun): Promise<void> {
    const { runs } = await this.read(project, service);
    const record: JobRecord = { ...memory, runs: run ? [run, ...runs].slice(0, most) : runs };
    await new StateFolder(this.#stateDir, project).writeRecord(jobRecord, nameOf(service), record);
    this.#known.set(`${project} ${service}`, record);
  }

  /** What is on disk counts from now on: it may have been removed. */
  forget(project: string): void {
    for (const key of this.#known.keys()) if (key.startsWith(`${project} `)) this.#known.delete(key);
  }
}

function nameOf(service: string): string {
  return `job-runs/${service}.json`;
}
