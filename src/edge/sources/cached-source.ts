import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Log } from '../../lib/log.ts';
import { readBounded } from '../../lib/read-bounded.ts';
import { replaceFile } from '../../lib/replace-file.ts';
import * as z from '../../lib/zod.ts';
import type { EdgeModel } from '../model/model.ts';
import type { Source, SourceChange, SourceObject, SourceSink } from './source.ts';

/** Milliseconds after a change until it is kept: what is used when a source is gone may be a little older than the source. */
const later = 30_000;

/** All that one source can tell. */
const limit = { bytes: 256 << 20 };

/** What another version wrote in another form is not read. */
const kept = z.object({
  format: z.literal(1),
  told: z.array(z.tuple([z.string(), z.custom<SourceObject>()])),
});

/**
 * A source whose last words are kept on disk. A controller that starts while the source cannot be heard goes on with them,
 * so that one cluster that is gone does not keep it from leading to the others.
 */
export class KeptSource implements Source {
  readonly name: string;
  readonly #source: Source;
  readonly #file: string;
  readonly #log: Log;
  readonly #objects = new Map<string, SourceObject>();
  #isSynced = false;
  #isRecalled = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param folder where it is kept */
  constructor(source: Source, folder: string, log: Log) {
    this.name = source.name;
    this.#source = source;
    this.#file = path.join(folder, `${encodeURIComponent(source.name)}.json`);
    this.#log = log;
  }

  declare(model: Pick<EdgeModel, 'nodes'>): void {
    this.#source.declare?.(model);
  }

  start(sink: SourceSink): void {
    this.#source.start({
      change: (change) => {
        const all = this.#isSynced ? change : this.#sinceKept(change);
        this.#isSynced = true;
        this.#note(all);
        sink.change(all);
        this.#timer ??= setTimeout(() => this.#keep(), later).unref();
      },
      remark: (problem) => sink.remark?.(problem),
      trouble: (problem) => {
        sink.trouble(problem);
        if (problem !== undefined && !this.#isSynced && !this.#isRecalled) this.#recall(sink);
      },
    });
  }

  notify(notices: Parameters<NonNullable<Source['notify']>>[0]): void {
    this.#source.notify?.(notices);
  }

  async close(): Promise<void> {
    await this.#source.close();
    if (this.#timer) this.#keep();
  }

  #recall(sink: SourceSink): void {
    this.#isRecalled = true;
    const told = this.#read();
    if (!told) return;
    this.#note(told);
    this.#log.warn(
      { source: this.name, objects: told.size },
      'source is unreachable; using its cached objects',
    );
    sink.change(told);
  }

  /** All there is now, and what went since. */
  #sinceKept(now: SourceChange): SourceChange {
    const gone = [...this.#objects.keys()].filter((origin) => !now.has(origin));
    return new Map([...now, ...gone.map((origin): [string, undefined] => [origin, undefined])]);
  }

  #note(change: SourceChange): void {
    for (const [origin, told] of change) {
      if (told) this.#objects.set(origin, told);
      else this.#objects.delete(origin);
    }
  }

  #read(): ReadonlyMap<string, SourceObject> | undefined {
    try {
      return new Map(kept.parse(JSON.parse(readBounded(this.#file, limit).toString())).told);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        this.#log.warn(
          { file: this.#file, problem: (error as Error).message },
          'cached objects of the source cannot be read',
        );
      return undefined;
    }
  }

  #keep(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    try {
      mkdirSync(path.dirname(this.#file), { recursive: true, mode: 0o700 });
      replaceFile(this.#file, JSON.stringify({ format: 1, told: [...this.#objects] }), 0o600);
    } catch (error) {
      this.#log.warn({ problem: (error as Error).message }, 'cached objects of the source cannot be written');
    }
  }
}
