import { statSync } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogLine, LogOptions, OutputChunk } from '../console.ts';

/** Milliseconds between two looks whether something was printed. */
const pause = 100;
const blockSize = 64 * 1024;

/** A line of conmon(8)’s: when, which stream, whether it ends there. */
interface Piece {
  readonly time: string;
  readonly stream: LogLine['stream'];
  readonly isWhole: boolean;
  readonly bytes: Buffer;
}

/** @returns nothing for what is no such line. Pure. */
export function readPiece(line: Buffer): Piece | undefined {
  // What was printed may be no text.
  const match = /^(\S+) (stdout|stderr) ([PF]) /.exec(line.subarray(0, 80).toString('latin1'));
  if (!match) return undefined;
  const [head, time = '', stream, end] = match;
  return {
    time,
    stream: stream as LogLine['stream'],
    isWhole: end === 'F',
    bytes: line.subarray(head.length),
  };
}

type Options = Pick<LogOptions, 'follow' | 'since' | 'until' | 'timestamps' | 'tail' | 'signal'>;

/** What a container printed, line by line; with `follow` also what it prints, until `isOver`. */
export async function* logLines(
  file: string,
  { follow, since, until, timestamps, tail, signal }: Options,
  isOver: () => Promise<boolean>,
): AsyncGenerator<LogLine> {
  const shown = ({ time }: Piece) => {
    const seconds = Date.parse(time) / 1000;
    return (since === undefined || seconds >= since) && (until === undefined || seconds <= until);
  };
  const asLine = ({ time, stream, bytes }: Piece): LogLine => {
    const text = bytes.toString('utf8');
    return { stream, text: timestamps ? `${time} ${text}` : text };
  };
  const reader = new LogReader(file);
  const joined = new Lines();
  const read = async function* (isLast: boolean) {
    for await (const piece of reader.read()) yield* joined.take(piece);
    if (isLast) yield* joined.rest();
  };
  try {
    // Of a log that is larger than the memory, no more than is asked for.
    const kept: Piece[] = [];
    for await (const piece of read(!follow)) {
      if (!shown(piece)) continue;
      if (tail === undefined) yield asLine(piece);
      else if (kept.push(piece) > tail) kept.shift();
    }
    yield* kept.map(asLine);
    if (!follow) return;
    for await (const piece of followed(read, isOver, signal)) if (shown(piece)) yield asLine(piece);
  } finally {
    await reader.close();
  }
}

/** What a container prints from now on, byte by byte, until `isOver`. */
export function printedFrom(
  file: string,
  signal: AbortSignal,
  isOver: () => Promise<boolean>,
): AsyncGenerator<OutputChunk> {
  const reader = new LogReader(file, statSync(file, { throwIfNoEntry: false })?.size);
  return (async function* () {
    try {
      const read = () => reader.read();
      for await (const { stream, bytes, isWhole } of followed(read, isOver, signal))
        yield { stream, data: isWhole ? Buffer.concat([bytes, endOfLine]) : bytes };
    } finally {
      await reader.close();
    }
  })();
}

const endOfLine = Buffer.from('\n');

/** What is read again and again, until whoever writes it has ended and all of it was read. */
async function* followed(
  read: (isLast: boolean) => AsyncGenerator<Piece>,
  isOver: () => Promise<boolean>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Piece> {
  for (let isLast = false; !signal?.aborted; ) {
    let isQuiet = true;
    for await (const piece of read(isLast)) {
      isQuiet = false;
      yield piece;
    }
    if (isLast) return;
    isLast = isQuiet && (await isOver());
    if (isQuiet && !isLast) await sleep(pause, undefined, { ...(signal && { signal }) }).catch(() => {});
  }
}

/** Lines of what came in pieces. */
class Lines {
  readonly #begun = new Map<LogLine['stream'], Piece[]>();

  take(piece: Piece): Piece[] {
    const before = this.#begun.get(piece.stream) ?? [];
    if (!piece.isWhole && before.length < mostPieces) {
      this.#begun.set(piece.stream, [...before, piece]);
      return [];
    }
    this.#begun.delete(piece.stream);
    return [whole([...before, piece])];
  }

  /** What was printed without an end of line. */
  rest(): Piece[] {
    const all = [...this.#begun.values()].map(whole);
    this.#begun.clear();
    return all;
  }
}

/** Of a line: some megabytes. */
const mostPieces = 1024;

function whole(pieces: readonly Piece[]): Piece {
  const [first] = pieces;
  return { ...(first as Piece), bytes: Buffer.concat(pieces.map(({ bytes }) => bytes)) };
}

/** Reads on in a file that grows, and that may begin anew, under its name or in its place. */
class LogReader {
  readonly #file: string;
  #handle: FileHandle | undefined;
  #offset: number;
  #rest: Buffer = Buffer.alloc(0);

  /** @param offset bytes that are not read */
  constructor(file: string, offset = 0) {
    this.#file = file;
    this.#offset = offset;
  }

  /** What is whole since the last time. */
  async *read(): AsyncGenerator<Piece> {
    this.#handle ??= await open(this.#file, 'r').catch(() => undefined);
    if (!this.#handle) return;
    const { size, ino } = await this.#handle.stat();
    if (size < this.#offset) [this.#offset, this.#rest] = [0, Buffer.alloc(0)];
    yield* this.#readOn(this.#handle);
    const now = await stat(this.#file).catch(() => undefined);
    if (!now || now.ino === ino) return;
    await this.#handle.close();
    [this.#handle, this.#offset, this.#rest] = [undefined, 0, Buffer.alloc(0)];
    yield* this.read();
  }

  async close(): Promise<void> {
    await this.#handle?.close();
  }

  async *#readOn(handle: FileHandle): AsyncGenerator<Piece> {
    for (;;) {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(blockSize), 0, blockSize, this.#offset);
      if (bytesRead === 0) return;
      this.#offset += bytesRead;
      const all = Buffer.concat([this.#rest, buffer.subarray(0, bytesRead)]);
      let from = 0;
      for (let end = all.indexOf(10); end >= 0; end = all.indexOf(10, from)) {
        const piece = readPiece(all.subarray(from, end));
        from = end + 1;
        if (piece) yield piece;
      }
      this.#rest = all.subarray(from);
    }
  }
}
