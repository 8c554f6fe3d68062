import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  type Stats,
  statSync,
} from 'node:fs';
import { lstat, open, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { HeddleError } from './errors.ts';
import { sizeText } from './size-text.ts';

/** How much of a file is read, and how long a pipe is waited for. */
export interface ReadLimit {
  readonly bytes: number;
  /** Milliseconds that whoever writes to a pipe has; not given: pipes are refused. */
  readonly pipe?: number;
  /** Where it may be read into, and is kept if it is large enough: for who reads the same again and again. */
  readonly into?: Buffer | undefined;
  /** Refuse a symbolic link: for what somebody writes who must not have other files read, such as an agent in its folder. */
  readonly noLinks?: boolean;
}

/** Never waits for who opens the other end, and takes no terminal. */
const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
/** Milliseconds between two looks into a pipe. */
const pause = 5;
const blockSize = 64 * 1024;
/** Bytes by which a file may grow before it is read into another place. */
const spare = 64 * 1024;

/**
 * Reads a file that somebody else named or wrote: never more than the limit, and never for longer than a disk takes. Pipes
 * that end in time may be allowed, as in `-f <(command)`; of devices only /dev/null, which is empty. What is refused is not
 * even opened.
 * @throws HeddleError ERR_FILE_TOO_LARGE, ERR_FILE_NOT_FOUND for what is no file; the system's error, as from `readFileSync`
 */
export function readBounded(file: string, limit: ReadLimit): Buffer {
  expectFile(file, limit.noLinks ? lstatSync(file) : statSync(file), limit);
  const fd = openSync(file, flagsFor(limit));
  try {
    const found = fstatSync(fd);
    expectFile(file, found, limit);
    const reading = new Reading(file, limit, found);
    for (;;) {
      const state = reading.take(attempt(() => readSync(fd, reading.block)));
      if (state === 'end') return reading.all;
      if (state === 'wait') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause);
    }
  } finally {
    closeSync(fd);
  }
}

/**
 * The same while others go on.
 * @throws HeddleError ERR_FILE_TOO_LARGE, ERR_FILE_NOT_FOUND for what is no file; the system's error, as from `readFile`
 */
export async function readBoundedAsync(file: string, limit: ReadLimit): Promise<Buffer> {
  expectFile(file, await (limit.noLinks ? lstat(file) : stat(file)), limit);
  const handle = await open(file, flagsFor(limit));
  try {
    const found = await handle.stat();
    expectFile(file, found, limit);
    const reading = new Reading(file, limit, found);
    for (;;) {
      const read = await handle.read(reading.block).then(({ bytesRead }) => bytesRead, orAgain);
      const state = reading.take(read);
      if (state === 'end') return reading.all;
      if (state === 'wait') await sleep(pause);
    }
  } finally {
    await handle.close();
  }
}

function flagsFor({ noLinks }: ReadLimit): number {
  return noLinks ? flags | constants.O_NOFOLLOW : flags;
}

/** What was read so far. */
class Reading {
  #bytes: Buffer;
  readonly #file: string;
  readonly #limit: ReadLimit;
  readonly #isPipe: boolean;
  readonly #until: number;
  #length = 0;

  constructor(file: string, limit: ReadLimit, found: Stats) {
    this.#file = file;
    this.#limit = limit;
    this.#isPipe = found.isFIFO();
    // One byte more, for its end to be seen.
    const needed = Math.max(blockSize, Math.min(found.size, limit.bytes) + 1);
    this.#bytes = limit.into && limit.into.length >= needed ? limit.into : Buffer.allocUnsafe(needed + spare);
    this.#until = performance.now() + (limit.pipe ?? 0);
  }

  /** Where the next bytes go. */
  get block(): Buffer {
    if (this.#length === this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes], 2 * this.#length);
    return this.#bytes.subarray(this.#length);
  }

  /** @param read how many bytes came; nothing: none yet */
  take(read: number | undefined): 'end' | 'wait' | 'more' {
    if (read) {
      this.#length += read;
      if (this.#length > this.#limit.bytes) throw tooLarge(this.#file, this.#limit);
    }
    // A pipe that nobody has opened yet looks like one that ended.
    const isEnd = read === 0 && !(this.#isPipe && this.#length === 0);
    if (isEnd) return 'end';
    if (this.#isPipe && performance.now() > this.#until)
      throw new HeddleError(
        'ERR_FILE_NOT_FOUND',
        `${this.#file} is a pipe that did not end within ${(this.#limit.pipe ?? 0) / 1000} s`,
      );
    return read ? 'more' : 'wait';
  }

  get all(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }
}

function expectFile(file: string, found: Stats, limit: ReadLimit): void {
  const what = kindOf(found);
  const isAllowed = what === 'file' || what === 'null' || (what === 'pipe' && limit.pipe !== undefined);
  if (!isAllowed)
    throw new HeddleError('ERR_FILE_NOT_FOUND', `${file} is a ${what}, not a file that can be read`);
  if (what === 'file' && found.size > limit.bytes) throw tooLarge(file, limit);
}

function kindOf(found: Stats): 'file' | 'link' | 'null' | 'pipe' | 'folder' | 'socket' | 'device' {
  if (found.isSymbolicLink()) return 'link';
  if (found.isFile()) return 'file';
  if (found.isFIFO()) return 'pipe';
  if (found.isDirectory()) return 'folder';
  if (found.isSocket()) return 'socket';
  // Linux numbers it 1:3 (null(4)).
  return found.isCharacterDevice() && found.rdev === 0x103 ? 'null' : 'device';
}

function tooLarge(file: string, { bytes }: ReadLimit): HeddleError {
  return new HeddleError(
    'ERR_FILE_TOO_LARGE',
    `${file} is larger than ${sizeText(bytes)}, the most that is read of it`,
  );
}

function attempt(read: () => number): number | undefined {
  try {
    return read();
  } catch (error) {
    return orAgain(error);
  }
}

/** That a pipe has nothing at the moment is no error. */
function orAgain(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
}
