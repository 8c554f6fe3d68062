import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { HeddleError } from '../../lib/errors.ts';
import { readBounded } from '../../lib/read-bounded.ts';
import { replaceFile } from '../../lib/replace-file.ts';
import * as z from '../../lib/zod.ts';
import { jsonIn } from './json.ts';
import { linkUseSchema } from './links.ts';
import { figuresSchema, type Turn, testSchema, turnKey } from './measurement.ts';

/** What tells benchmarks apart. */
export const runId = z.string().regex(/^[0-9a-z]{1,16}$/, 'is no id of a benchmark');

/** What is measured, as it was asked for: `run.json` of a folder of results. */
export const runSchema = z.strictObject({
  format: z.literal(1),
  id: runId,
  /** RFC 3339. */
  began: z.string(),
  seed: z.int().min(0),
  rounds: z.int().min(1).max(1000),
  seconds: z.number().min(1).max(3600).describe('Of each turn.'),
  paths: z.array(z.string()).min(1),
  node: z.string().optional().describe('At which paths end; absent: on the host where they begin.'),
  tests: z.array(testSchema).min(1),
  isChosen: z.boolean().describe('Whether the paths were named: then none is left out.'),
  areTestsChosen: z.boolean().describe('Whether the tests were named: then none is left out.'),
});
export type Run = z.infer<typeof runSchema>;

/** One turn that is over: a line of `results.jsonl`. */
export const resultSchema = z.strictObject({
  round: z.int().min(0),
  path: z.string(),
  test: testSchema,
  at: z.string().describe('RFC 3339.'),
  beside: z.number().min(0).describe('Cores that were busy before it began: with something else.'),
  figures: figuresSchema.optional(),
  links: z
    .array(linkUseSchema)
    .readonly()
    .optional()
    .describe('This host’s interfaces that it passed, the busiest first.'),
  failure: z.string().optional().describe('Why there are none.'),
});
export type Result = z.infer<typeof resultSchema>;

/** Bytes of what is read again: a line of results has some 200. */
const largest = 64 * 1024 * 1024;

/** The folder that a run's results are in: what was measured is kept at once, so that another process can go on. */
export class Results {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  get isThere(): boolean {
    return existsSync(this.#file('run.json'));
  }

  /** @throws HeddleError ERR_FILE_NOT_FOUND, ERR_MEASURE */
  get run(): Run {
    if (!this.isThere)
      throw new HeddleError('ERR_FILE_NOT_FOUND', `${this.folder}: there are no results of a benchmark`);
    const read = runSchema.safeParse(jsonIn(this.#read('run.json')));
    if (read.success) return read.data;
    throw new HeddleError('ERR_MEASURE', `${this.#file('run.json')}: it is not what a benchmark wrote`);
  }

  begin(run: Run): void {
    mkdirSync(this.#file('raw'), { recursive: true });
    replaceFile(this.#file('run.json'), `${JSON.stringify(run, undefined, 2)}\n`, 0o644);
  }

  /** What is over. A line that was cut off in the middle is none. */
  get all(): Result[] {
    if (!existsSync(this.#file('results.jsonl'))) return [];
    const lines = this.#read('results.jsonl').split('\n');
    return lines.flatMap((line) => {
      const read = resultSchema.safeParse(jsonIn(line));
      return read.success ? [read.data] : [];
    });
  }

  /** Keeps what a turn has given, and what its program printed. */
  add(result: Result, raw: string): void {
    const name = turnKey(result).replaceAll(/[^\w.-]+/g, '-');
    writeFileSync(this.#file(path.join('raw', `${name}.txt`)), raw);
    // Begins a line of its own, whatever the one before has become.
    appendFileSync(this.#file('results.jsonl'), `\n${JSON.stringify(result)}`);
  }

  /** Keeps a page of what was found. @returns the file */
  addReport(page: string): string {
    const file = this.#file('report.html');
    replaceFile(file, page, 0o644);
    return file;
  }

  /** Turns that are not over yet. */
  left(turns: readonly Turn[]): Turn[] {
    const over = new Set(this.all.map(turnKey));
    return turns.filter((turn) => !over.has(turnKey(turn)));
  }

  #read(name: string): string {
    return readBounded(this.#file(name), { bytes: largest }).toString('utf8');
  }

  #file(name: string): string {
    return path.join(this.folder, name);
  }
}
