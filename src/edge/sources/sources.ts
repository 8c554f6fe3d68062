import type { Log } from '../../lib/log.ts';
import { Grants } from '../grants/grants.ts';
import type { Holdings } from '../grants/holders.ts';
import type { ModelChange } from '../model/model.ts';
import { EdgeFileReader } from './edge-file-reader.ts';
import { Merge } from './merge.ts';
import { noticesOf, refusalText } from './notices.ts';
import { Reading, type SourceFigures } from './reading.ts';
import type { Source, SourceSink } from './source.ts';
import type { EdgeFileHead } from './static.ts';
import { StaticSource } from './static-source.ts';
import { fileState, watchText } from './watch.ts';

/** Milliseconds that the others wait for a source that cannot be heard, and of which nothing is known from before. */
const defaultTimeout = 20_000;
/** Of what `Merge` keeps, beside what `Grants` does. */
const ofMerge = 'service ';

/**
 * The edge file and the other sources of a controller, as one. Tells nothing before it has heard all of them: what one
 * has not told yet would be missing, and gateways that have a view from before do better with that. One that cannot be heard
 * for long does not keep the others from going on.
 */
export class Sources {
  readonly #file: string;
  /** How the file was before it was read first. */
  readonly #since: string;
  readonly #reader: EdgeFileReader;
  readonly #static: StaticSource;
  readonly #others: readonly Source[];
  readonly #merge: Merge;
  readonly #grants: Grants;
  readonly #log: Log;
  readonly #timeout: number;
  /** Those that never told anything, and those that could not. */
  readonly #unsynced: Set<string>;
  readonly #troubled = new Set<string>();
  #isSpeaking = false;
  /** As of both revisions: asked for all the time, and different seldom. */
  #kept: { readonly revision: string; readonly holdings: Holdings } | undefined;
  #isPatient = true;
  readonly #waitedFor: Set<string>;
  readonly #readings = new Map<string, Reading>();
  readonly #synced = Promise.withResolvers<void>();
  #take: ((change: ModelChange) => void) | undefined;
  #problems = new Set<string>();
  #end = (): void => {};

  /** What the file declares, to begin with. */
  readonly declared: EdgeFileHead;

  /** @throws InvalidInput, HeddleError ERR_FILE_NOT_FOUND, ERR_EDGE_FILE */
  constructor(file: string, others: readonly Source[], log: Log, timeout = defaultTimeout) {
    this.#file = file;
    this.#others = others;
    this.#log = log;
    this.#timeout = timeout;
    this.#since = fileState(file);
    this.#reader = new EdgeFileReader(file);
    const first = this.#reader.readChange();
    this.declared = first.head;
    this.#static = new StaticSource(file, first);
    const names = [this.#static, ...others].map(({ name }) => name);
    this.#waitedFor = new Set(names);
    this.#unsynced = new Set(names);
    this.#grants = new Grants(names);
    this.#grants.setRules(this.declared.publish);
    this.#grants.setComplete(false);
    for (const name of names) this.#readings.set(name, new Reading(name));
    this.#merge = new Merge(names, placesOf(this.declared));
  }

  /** Resolves when all of them have told what there is. */
  get synced(): Promise<void> {
    return this.#synced.promise;
  }

  /** How well each of them is read. */
  figures(): SourceFigures[] {
    return [...this.#readings.values()].map((reading) => reading.read());
  }

  /** How many things are not published because of a mistake or a clash. */
  get problems(): number {
    return this.#problems.size;
  }

  /** Whether owners are told what became of their services: by whoever acts, since another may not know who had what. */
  speak(isSpeaking: boolean): void {
    if (isSpeaking === this.#isSpeaking) return;
    this.#isSpeaking = isSpeaking;
    if (isSpeaking) this.#notify();
    else for (const source of this.#others) source.notify?.(new Map());
  }

  /** Who has which names and ports, for another run or another controller: the same object while that is the same. */
  kept(): Holdings {
    const revision = `${this.#merge.revision} ${this.#grants.revision}`;
    if (this.#kept?.revision !== revision) this.#kept = { revision, holdings: this.#keptNow() };
    return this.#kept.holdings;
  }

  #keptNow(): Holdings {
    const services = Object.entries(this.#merge.kept()).map(([key, id]) => [`${ofMerge}${key}`, id]);
    return { ...this.#grants.kept(), ...Object.fromEntries(services) };
  }

  /** Takes that of another run or another controller. */
  recall(holdings: Holdings): void {
    const all = Object.entries(holdings);
    const isService = ([resource]: [string, string]) => resource.startsWith(ofMerge);
    const services = all.filter(isService).map(([key, id]) => [key.slice(ofMerge.length), id]);
    this.#merge.recall(Object.fromEntries(services));
    this.#grants.recall(Object.fromEntries(all.filter((one) => !isService(one))));
    this.#publish();
  }

  start(take: (change: ModelChange) => void): void {
    this.#take = take;
    const others = this.#others.map(({ name }) => name);
    if (others.length > 0)
      this.#log.info({ sources: others }, 'waiting for sources before the first views are published');
    for (const source of this.#others) source.declare?.(this.declared);
    for (const source of [this.#static, ...this.#others]) source.start(this.#sink(source.name));
    const timer = setTimeout(() => this.#goOn(), this.#timeout).unref();
    const end = watchText(
      this.#file,
      () => this.#read(),
      (error) => {
        this.#readings.get(this.#static.name)?.failed();
        this.#log.error({ problem: error.message }, 'edge file is invalid; the last valid one stays in use');
      },
      this.#since,
    );
    this.#end = () => {
      clearTimeout(timer);
      end();
    };
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
        reading?.changed();
        this.#unsynced.delete(source);
        this.#merge.apply(source, change);
        if (this.#waitedFor.delete(source)) this.#log.info({ source, objects: change.size }, 'source synced');
        this.#publish();
      },
      trouble: (problem) => {
        if (problem === undefined) reading?.succeeded();
        else reading?.failed();
        if (problem === undefined) this.#troubled.delete(source);
        else this.#troubled.add(source);
        if (problem === undefined) this.#log.info({ source }, 'source is reachable again');
        else this.#log.error({ source, problem }, 'source is unreachable; its last objects stay in use');
        if (!this.#isPatient) this.#goOn();
      },
      remark: (problem) => this.#log.warn({ source, problem }, 'events cannot be written to the source'),
    };
  }

  /** Waits no longer for those that cannot be heard. */
  #goOn(): void {
    this.#isPatient = false;
    const without = [...this.#waitedFor].filter((source) => this.#troubled.has(source));
    if (without.length === 0) return;
    for (const source of without) this.#waitedFor.delete(source);
    this.#log.error({ sources: without }, 'publishing without sources that are unreachable since the start');
    this.#publish();
  }

  #read(): void {
    const change = this.#reader.readChange();
    this.#readings.get(this.#static.name)?.succeeded();
    if (change.isHeadChanged) {
      this.#merge.setPlaces(placesOf(change.head));
      this.#grants.setRules(change.head.publish);
    }
    this.#static.update(change);
    if (change.isHeadChanged) for (const source of this.#others) source.declare?.(change.head);
  }

  #publish(): void {
    if (this.#waitedFor.size > 0 || !this.#take) return;
    this.#grants.setComplete(this.#unsynced.size === 0);
    const change = this.#grants.apply(this.#merge.changes());
    this.#say();
    if (change.places || change.services.size > 0) this.#take?.(change);
    this.#synced.resolve();
  }

  /** What is wrong, to the log and to the owners. */
  #say(): void {
    const faults = this.#merge.faults();
    const refusals = this.#grants.refusals();
    const problems = new Map<string, string>();
    for (const { source, origin, reason, isPublished } of faults)
      problems.set(`${source}: ${origin} ${reason}`, isPublished ? 'published in part' : 'not published');
    for (const one of refusals) {
      const [first] = this.#merge.originsOf(one.service);
      const who = first ? `${first.source}: ${first.origin}` : one.service;
      problems.set(`${who} ${refusalText(one)}`, one.isPublished ? 'published in part' : 'not published');
    }
    for (const [problem, what] of problems)
      if (!this.#problems.has(problem)) this.#log.error({ problem }, what);
    for (const problem of this.#problems)
      if (!problems.has(problem)) this.#log.info({ problem }, 'problem resolved');
    this.#problems = new Set(problems.keys());
    this.#notify(faults, refusals);
  }

  #notify(faults = this.#merge.faults(), refusals = this.#grants.refusals()): void {
    if (!this.#isSpeaking) return;
    const notices = noticesOf(faults, refusals, (key) => this.#merge.originsOf(key));
    for (const source of this.#others) source.notify?.(notices.get(source.name) ?? new Map());
  }
}

function placesOf({ domain, caa, sites }: EdgeFileHead) {
  return { domain, caa, sites };
}
