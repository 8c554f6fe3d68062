import { EventEmitter, on } from 'node:events';
import {
  appendFileSync,
  existsSync,
  type FSWatcher,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  watch,
} from 'node:fs';
import { replaceFile } from '../../lib/replace-file.ts';
import type { EngineEvent, EventSpan } from '../observed.ts';
import type { LxcFolders } from './folders.ts';
import type { LxcRecord, LxcRecords } from './record.ts';

/** Bytes after which the older half of what is noted is left out. */
const longest = 2 * 2 ** 20;

/** What happens to containers: noted by who does it, and by conmon(8) where they end by themselves. */
export class Happenings {
  readonly #folders: LxcFolders;
  readonly #records: LxcRecords;
  readonly #told = new Map<string, number>();
  readonly #live = new EventEmitter();
  #watcher: FSWatcher | undefined;

  constructor(folders: LxcFolders, records: LxcRecords) {
    this.#folders = folders;
    this.#records = records;
    this.#live.setMaxListeners(0);
  }

  /** Begins to see who ends, also those that have ended while nobody watched. */
  begin(): void {
    mkdirSync(this.#folders.exits, { recursive: true, mode: 0o700 });
    for (const { word, container, time } of this.#noted())
      if (word === 'die') this.#told.set(container, time);
    this.#watcher = watch(this.#folders.exits, (_event, name) => name !== null && this.#end(name)).unref();
    this.#watcher.on('error', () => {});
    for (const name of readdirSync(this.#folders.exits)) this.#end(name);
  }

  note(word: string, action: EngineEvent['action'], record: LxcRecord, time = Date.now()): void {
    const { id, name, image, labels } = record;
    const event: EngineEvent = { word, action, id, image, container: name, labels, time };
    const file = this.#folders.happenings;
    try {
      if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > longest) {
        const lines = readFileSync(file, 'utf8').split('\n');
        replaceFile(file, lines.slice(Math.floor(lines.length / 2)).join('\n'), 0o600);
      }
      appendFileSync(file, `${JSON.stringify(event)}\n`, { mode: 0o600 });
    } catch {
      // A full disk: who watches hears it, and who asks later does not.
    }
    this.#live.emit('event', event);
  }

  /** What was noted in the span, and what happens after that, until the signal aborts or the span is over. */
  async *events(signal: AbortSignal, { since, until }: EventSpan = {}): AsyncGenerator<EngineEvent> {
    const over = until === undefined ? signal : AbortSignal.any([signal, timeoutAt(until * 1000)]);
    const live = on(this.#live, 'event', { signal: over });
    const isIn = ({ time }: EngineEvent) => until === undefined || time <= until * 1000;
    if (since !== undefined)
      for (const event of this.#noted()) if (event.time >= since * 1000 && isIn(event)) yield event;
    try {
      for await (const [event] of live) if (isIn(event)) yield event;
    } catch (cause) {
      if (!over.aborted) throw cause;
      if (signal.aborted) throw cause;
    }
  }

  #end(name: string): void {
    const found = statSync(this.#folders.of(name).exit, { throwIfNoEntry: false });
    const time = found && Math.round(found.mtimeMs);
    const record = time === undefined || this.#told.get(name) === time ? undefined : this.#found(name);
    if (!record || time === undefined) return;
    this.#told.set(name, time);
    this.note('die', 'die', record, time);
  }

  /** One that is mangled is said where it is asked for. */
  #found(name: string): LxcRecord | undefined {
    try {
      return this.#records.find(name);
    } catch {
      return undefined;
    }
  }

  #noted(): EngineEvent[] {
    const file = this.#folders.happenings;
    if (!existsSync(file)) return [];
    return readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line) => {
        try {
          return [JSON.parse(line) as EngineEvent];
        } catch {
          // The end of a line that was being written when the power failed.
          return [];
        }
      });
  }
}

function timeoutAt(time: number): AbortSignal {
  return AbortSignal.timeout(Math.max(0, time - Date.now()));
}
