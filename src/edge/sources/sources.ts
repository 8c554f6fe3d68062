import type { Log } from '../../lib/log.ts';
import type { EdgeModel, ModelChange } from '../model.ts';
import { EdgeFileReader } from './edge-file-reader.ts';
import { Merge } from './merge.ts';
import { Reading, type SourceFigures } from './reading.ts';
import type { Source, SourceSink } from './source.ts';
import { StaticSource } from './static-source.ts';
import { watchText } from './watch.ts';

/**
 * The edge file and the other sources of a controller, as one. Tells nothing before it has heard all of them: what one
 * has not told yet would be missing, and gateways that have a view from before do better with that.
 */
export class Sources {
  readonly #file: string;
  readonly #reader: EdgeFileReader;
  readonly #static: StaticSource;
  readonly #others: readonly Source[];
  readonly #merge: Merge;
  readonly #log: Log;
  readonly #waitedFor: Set<string>;
  readonly #readings = new Map<string, Reading>();
  readonly #heard = Promise.withResolvers<void>();
  #take: ((change: ModelChange) => void) | undefined;
  #problems = new Set<string>();
  #end = (): void => {};

  /** What the file declares, to begin with. */
  readonly declared: EdgeModel;

  /** @throws InvalidInput, HeddleError ERR_FILE_NOT_FOUND, ERR_EDGE_FILE */
  constructor(file: string, others: readonly Source[], log: Log) {
    this.#file = file;
    this.#others = others;
    this.#log = log;
    this.#reader = new EdgeFileReader(file);
    this.declared = this.#reader.read();
    this.#static = new StaticSource(file, this.declared);
    const names = [this.#static, ...others].map(({ name }) => name);
    this.#waitedFor = new Set(names);
    for (const name of names) this.#readings.set(name, new Reading(name));
    this.#merge = new Merge(names, placesOf(this.declared));
  }

  /** Resolves when all of them have told what there is. */
  get heard(): Promise<void> {
    return this.#heard.promise;
  }

  /** How well each of them is read. */
  figures(): SourceFigures[] {
    return [...this.#readings.values()].map((reading) => reading.read());
  }

  /** How many things are not published because of a mistake or a clash. */
  get problems(): number {
    return this.#problems.size;
  }

  start(take: (change: ModelChange) => void): void {
    this.#take = take;
    const others = this.#others.map(({ name }) => name);
    if (others.length > 0) this.#log.info({ sources: others }, 'nothing is published before these are heard');
    for (const source of this.#others) source.declare?.(this.declared);
    for (const source of [this.#static, ...this.#others]) source.start(this.#sink(source.name));
    this.#end = watchText(
      this.#file,
      () => this.#read(),
      (error) => {
        this.#readings.get(this.#static.name)?.failed();
        this.#log.error({ problem: error.message }, 'the file is not taken; what was good stays');
      },
    );
  }

  async close(): Promise<void> {
    this.#end();
    this.#take = undefined;
    await Promise.all([this.#static, ...this.#others].map((source) => source.close()));
  }

  #sink(source: string): SourceSink {
    const reading = this.#readings.get(source);
    return {
      change: (change) => {
        reading?.told();
        this.#merge.apply(source, change);
        if (this.#waitedFor.delete(source))
          this.#log.info({ source, objects: change.size }, 'a source was heard');
        this.#tell();
      },
      trouble: (problem) => {
        if (problem === undefined) reading?.heard();
        else reading?.failed();
        if (problem === undefined) this.#log.info({ source }, 'the source is heard again');
        else this.#log.warn({ source, problem }, 'the source is not heard; what it told stays');
      },
    };
  }

  #read(): void {
    const model = this.#reader.read();
    this.#readings.get(this.#static.name)?.heard();
    this.#merge.setPlaces(placesOf(model));
    this.#static.update(model);
    for (const source of this.#others) source.declare?.(model);
  }

  #tell(): void {
    if (this.#waitedFor.size > 0) return;
    const change = this.#merge.changes();
    const problems = new Set(this.#merge.problems());
    for (const problem of problems)
      if (!this.#problems.has(problem)) this.#log.error({ problem }, 'not published');
    for (const problem of this.#problems)
      if (!problems.has(problem)) this.#log.info({ problem }, 'no problem any more');
    this.#problems = problems;
    if (change.places || change.services.size > 0) this.#take?.(change);
    this.#heard.resolve();
  }
}

function placesOf({ domain, caa, sites }: EdgeModel) {
  return { domain, caa, sites };
}
