import type { EdgeListing, ListedService } from '../../edge/sources/engine/record.ts';
import type { EngineEvent, ObservedContainer } from '../../engines/observed.ts';
import type { Log } from '../../lib/log.ts';
import type { Desired } from '../desired.ts';
import { listingOf } from './listing.ts';

/** Milliseconds that events are gathered before a project is looked at, and until a look that failed is tried again. */
const gather = 10;
const retry = 1_000;
/** Milliseconds after which followers are told again what they know: who hears nothing knows that nobody speaks. */
const repeat = 5_000;

/** What it needs of the applications of this host. */
export interface Watched {
  desired(project: string): Desired | undefined;
  allDesired(): readonly Desired[];
  containers(project: string): Promise<readonly ObservedContainer[]>;
}

/**
 * What the applications of this host publish at the edge. Level-triggered: an event says that it is time to look, and each
 * project is looked at by one at a time, so that no older look takes the place of a later one.
 */
export class EdgeServices {
  readonly #watched: Watched;
  readonly #log: Log;
  /** Containers of projects that publish something, as they were at the last look. */
  readonly #seen = new Map<string, readonly ObservedContainer[]>();
  readonly #looking = new Set<string>();
  /** Projects that something happened to while they were looked at. */
  readonly #again = new Set<string>();
  readonly #stopping = new AbortController();
  readonly #waiting = new Set<() => void>();

  constructor(watched: Watched, log: Log) {
    this.#watched = watched;
    this.#log = log;
  }

  start(): void {
    for (const { spec } of this.#watched.allDesired()) this.wanted(spec.project);
  }

  stop(): void {
    this.#stopping.abort();
    this.#wake();
  }

  /** Something else is wanted of an application, or it is not wanted any more. */
  wanted(project: string): void {
    if (this.#publishes(project)) void this.#look(project);
    else this.#seen.delete(project);
    this.#wake();
  }

  onEvent(project: string, { action }: Pick<EngineEvent, 'action'>): void {
    if (action !== 'create' && action !== 'other' && this.#publishes(project)) void this.#look(project);
  }

  /** Somebody else looked at a project: if there is something new in it, no event told of that. */
  see(project: string, containers: readonly ObservedContainer[]): void {
    const desired = this.#watched.desired(project);
    const seen = this.#seen.get(project);
    if (!desired?.spec.edge || this.#looking.has(project)) return;
    if (seen && JSON.stringify(listingOf(desired, seen)) === JSON.stringify(listingOf(desired, containers)))
      return;
    void this.#look(project);
  }

  /** All that is published, once it is known. */
  async listing(signal: AbortSignal): Promise<EdgeListing> {
    for await (const listing of this.follow(signal)) return listing;
    return { services: [] };
  }

  /** All that is published: at once when it is known, when it changed, and now and then. */
  async *follow(signal: AbortSignal): AsyncGenerator<EdgeListing> {
    const over = AbortSignal.any([signal, this.#stopping.signal]);
    let told: string | undefined;
    let toldAt = 0;
    while (!over.aborted) {
      const change = this.#change(over);
      const services = this.#services();
      const text = services && JSON.stringify(services);
      if (services && (text !== told || performance.now() - toldAt >= repeat)) {
        told = text;
        toldAt = performance.now();
        yield { services };
      }
      await change;
    }
  }

  /** Nothing before every project that publishes something was looked at: what is missing would seem to be gone. */
  #services(): ListedService[] | undefined {
    const all: ListedService[] = [];
    for (const desired of this.#watched.allDesired()) {
      if (!desired.spec.edge) continue;
      const seen = this.#seen.get(desired.spec.project);
      if (!seen) return undefined;
      all.push(...listingOf(desired, seen));
    }
    return all;
  }

  #publishes(project: string): boolean {
    return this.#watched.desired(project)?.spec.edge !== undefined;
  }

  async #look(project: string): Promise<void> {
    this.#again.add(project);
    if (this.#looking.has(project)) return;
    this.#looking.add(project);
    while (this.#again.has(project) && this.#publishes(project) && !this.#stopping.signal.aborted) {
      await this.#pause(gather);
      this.#again.delete(project);
      try {
        const containers = await this.#watched.containers(project);
        if (this.#publishes(project)) this.#seen.set(project, containers);
        this.#wake();
      } catch (error) {
        this.#log.warn(
          { project, error: (error as Error).message },
          'published services cannot be read from the engine; the last list stays in use',
        );
        this.#again.add(project);
        await this.#pause(retry);
      }
    }
    this.#again.delete(project);
    this.#looking.delete(project);
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      setTimeout(resolve, milliseconds).unref();
    });
  }

  /** Resolves at the next change, and when it is time to repeat. */
  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, repeat).unref();
      signal.addEventListener('abort', done);
      this.#waiting.add(done);
    });
  }

  #wake(): void {
    for (const done of [...this.#waiting]) done();
  }
}
