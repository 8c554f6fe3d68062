import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { HeddleError, isHeddleError } from '../../lib/errors.ts';
import { contentHash } from '../../lib/hash.ts';
import { readBounded } from '../../lib/read-bounded.ts';
import { replaceFile } from '../../lib/replace-file.ts';
import type { Message, Snapshot, Stamp } from '../delivery/messages.ts';

/** Bytes of changes after which the file is written afresh, or as many as the view itself has if that is more. */
const changesBeforeRewrite = 1 << 20;
/** Twice the largest view that a broker gives. */
const limit = { bytes: 256 << 20 };
const hashLength = 32;
/** Part of every checksum: a file that another form of views is in counts as damaged. */
const form = 'view 3\n';

/** A message that was applied, and the zone's serial since. */
export interface Kept {
  readonly serial: number;
  readonly message: Message;
}

/** What was found on disk. */
export interface KeptView {
  /** A snapshot and the changes after it, in order; empty: there is none that is whole. */
  readonly changes: readonly Kept[];
  /** Why there is less than was kept. */
  readonly problem?: string;
}

/**
 * The last good view on disk, so that a gateway that starts while it is cut off knows what to answer. A line for the
 * snapshot and one for each change since, each with its checksum: what a crash left half written is seen and left out.
 */
export class ViewStore {
  readonly #file: string;
  /** Of what is in the file; nothing when that is not known to be whole. */
  #last: Stamp | undefined;
  #snapshotSize = 0;
  #changesSize = 0;

  /** @param file its folder is made when it is missing */
  constructor(file: string) {
    this.#file = file;
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  }

  /** Reads what was kept. A file that is damaged is used up to the damage. */
  load(): KeptView {
    const text = this.#read();
    if (typeof text !== 'string') return { changes: [], ...text };
    const changes: Kept[] = [];
    const lines = text.split('\n');
    for (const [index, line] of lines.entries()) {
      if (line === '' && index === lines.length - 1) break;
      const kept = parseLine(line);
      if (!kept || !follows(kept.message, changes.at(-1)?.message)) {
        return { changes, problem: `${this.#file}:${index + 1}: damaged; what is after it was left out` };
      }
      changes.push(kept);
    }
    return { changes };
  }

  /**
   * Keeps what was applied. Costs what the message holds; now and then the whole view, which is why that is asked for
   * only then.
   * @param whole the view with the message applied
   */
  keep({ serial, message }: Kept, whole: () => Snapshot): void {
    const isNext = message.kind === 'delta' && follows(message, this.#last);
    const line = isNext ? toLine({ serial, message }) : undefined;
    const room = Math.max(changesBeforeRewrite, this.#snapshotSize) - this.#changesSize;
    const fits = line !== undefined && line.length <= room;
    // Whatever goes wrong below, the file is written afresh the next time.
    this.#last = undefined;
    try {
      if (fits) this.#append(line);
      else this.#rewrite({ serial, message: message.kind === 'snapshot' ? message : whole() });
    } catch (error) {
      throw storeError(error as NodeJS.ErrnoException, this.#file);
    }
    this.#last = { epoch: message.epoch, version: message.version };
  }

  #append(line: string): void {
    appendFileSync(this.#file, line);
    this.#changesSize += line.length;
  }

  #rewrite(kept: Kept): void {
    const line = toLine(kept);
    replaceFile(this.#file, line, 0o600);
    this.#snapshotSize = line.length;
    this.#changesSize = 0;
  }

  /** The text, or why there is none. What is no file, or too large, is written afresh with the next view. */
  #read(): string | Pick<KeptView, 'problem'> {
    try {
      return readBounded(this.#file, limit).toString();
    } catch (error) {
      if (isHeddleError(error)) return { problem: error.message };
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
      throw storeError(error as NodeJS.ErrnoException, this.#file);
    }
  }
}

function storeError(error: NodeJS.ErrnoException, file: string): HeddleError {
  const code = error.code === 'ENOSPC' ? 'ERR_DISK_FULL' : 'ERR_STATE';
  return new HeddleError(code, `${file}: the view cannot be kept there: ${error.message}`, { cause: error });
}

function toLine(kept: Kept): string {
  const json = JSON.stringify(kept);
  return `${checksum(json)} ${json}\n`;
}

function parseLine(line: string): Kept | undefined {
  const json = line.slice(hashLength + 1);
  return line.slice(0, hashLength) === checksum(json) ? (JSON.parse(json) as Kept) : undefined;
}

function checksum(json: string): string {
  return contentHash(form, json).slice(0, hashLength);
}

function follows({ kind, epoch, version }: Message, before: Stamp | undefined): boolean {
  if (!before) return kind === 'snapshot';
  // One of the same version says again what was said: what checks found made the zone another one.
  const isNext = version === before.version + 1 || version === before.version;
  return kind === 'delta' && epoch === before.epoch && isNext;
}
