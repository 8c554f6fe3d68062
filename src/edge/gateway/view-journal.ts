import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { HeddleError, isHeddleError } from '../../lib/errors.ts';
import { contentHash } from '../../lib/hash.ts';
import { readBounded } from '../../lib/read-bounded.ts';
import { replaceFile } from '../../lib/replace-file.ts';
import type { Message, Snapshot, Stamp } from '../view/message.ts';
import type { ViewChange } from '../view/subscriber.ts';
import type { StoredChange } from '../view/view-store.ts';

/** Bytes of changes after which the file is written afresh, or as many as the view itself has if that is more. */
const changesBeforeRewrite = 1 << 20;
/** Twice the largest view that a broker gives. */
const limit = { bytes: 256 << 20 };
const hashLength = 32;
/** Part of every checksum: what is in another form counts as damaged. The one before had a message in every line. */
const form = 'view 4\n';
const forms = [form, 'view 3\n'];

/** What was found on disk. */
export interface StoredView {
  /** A snapshot and the changes after it, in order; empty: there is none that is whole. */
  readonly changes: readonly StoredChange[];
  /** Why there is less than was kept. */
  readonly problem?: string;
}

/**
 * The last good view on disk, so that a gateway that starts while it is cut off knows what to answer. A line for the
 * snapshot and one for each change since, each with its checksum: what a crash left half written is seen and left out. What
 * checks find is not kept, but the serial is that their changes gave the zone: it does not go back either.
 */
export class ViewJournal {
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
  load(): StoredView {
    const text = this.#read();
    if (typeof text !== 'string') return { changes: [], ...text };
    const changes: StoredChange[] = [];
    let last: Message | undefined;
    const lines = text.split('\n');
    for (const [index, line] of lines.entries()) {
      if (line === '' && index === lines.length - 1) break;
      const stored = parseLine(line);
      if (!stored || !follows(stored.message, last)) {
        return { changes, problem: `${this.#file}:${index + 1}: damaged; what is after it was left out` };
      }
      changes.push(stored);
      last = stored.message ?? last;
    }
    return { changes };
  }

  /**
   * Keeps what changed. Costs what the message holds; now and then the whole view, which is why that is asked for only
   * then.
   * @param whole the view as it was received, with the change
   * @throws HeddleError ERR_STATE, ERR_DISK_FULL
   */
  keep({ isWhole, serial, message }: ViewChange, whole: () => Snapshot | undefined): void {
    // Told of what is here already.
    if (isWhole && !message) return;
    const isNext = this.#last !== undefined && follows(message, this.#last);
    const line = isNext ? toLine({ serial, ...(message && { message }) }) : undefined;
    const room = Math.max(changesBeforeRewrite, this.#snapshotSize) - this.#changesSize;
    const snapshot = message?.kind === 'snapshot' ? message : undefined;
    // Whatever goes wrong below, the file is written afresh the next time.
    const last = this.#last;
    this.#last = undefined;
    try {
      if (line !== undefined && line.length <= room) {
        this.#append(line);
        this.#last = message ? { epoch: message.epoch, version: message.version } : last;
      } else this.#rewrite(serial, snapshot ?? whole());
    } catch (error) {
      throw storeError(error as NodeJS.ErrnoException, this.#file);
    }
  }

  #append(line: string): void {
    appendFileSync(this.#file, line);
    this.#changesSize += line.length;
  }

  #rewrite(serial: number, message: Snapshot | undefined): void {
    if (!message) return;
    const line = toLine({ serial, message });
    replaceFile(this.#file, line, 0o600);
    this.#snapshotSize = line.length;
    this.#changesSize = 0;
    this.#last = { epoch: message.epoch, version: message.version };
  }

  /** The text, or why there is none. What is no file, or too large, is written afresh with the next view. */
  #read(): string | Pick<StoredView, 'problem'> {
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

function toLine(stored: StoredChange): string {
  const json = JSON.stringify(stored);
  return `${checksum(json, form)} ${json}\n`;
}

function parseLine(line: string): StoredChange | undefined {
  const json = line.slice(hashLength + 1);
  const sum = line.slice(0, hashLength);
  return forms.some((one) => sum === checksum(json, one)) ? (JSON.parse(json) as StoredChange) : undefined;
}

function checksum(json: string, of: string): string {
  return contentHash(of, json).slice(0, hashLength);
}

function follows(message: Message | undefined, before: Stamp | undefined): boolean {
  if (!message) return before !== undefined;
  if (!before) return message.kind === 'snapshot';
  // Of the same version: in the form before, what checks found was written as what was received.
  const isNext = message.version === before.version + 1 || message.version === before.version;
  return message.kind === 'delta' && message.epoch === before.epoch && isNext;
}
