import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogLine, LogOptions } from '../console.ts';

/** Milliseconds between two looks whether something was printed. */
const pause = 100;
const blockSize = 64 * 1024;

/** A line of conmon(8)’s: when, which stream, whether it ends there. */
interface Piece {
  readonly time: string;
  readonly stream: LogLine['stream'];
  readonly isWhole: boolean;
  readonly text: string;
}

/** @returns nothing for what is no such line. Pure. */
export function readPiece(line: string): Piece | undefined {
  const match = /^(\S+) (stdout|stderr) ([PF]) (.*)$/s.exec(line);
  if (!match) return undefined;
  const [, time = '', stream, end, text = ''] = match;
  return { time, stream: stream as LogLine['stream'], isWhole: end === 'F', text };
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
  const asLine = ({ time, stream, text }: Piece): LogLine => ({
    stream,
    text: timestamps ? `${time} ${text}` : text,
  });
  const reader = new LogReader(file);
  try {
    const there = (await reader.read()).filter(shown);
    if (!follow) there.push(...reader.rest().filter(shown));
    yield* (tail === undefined ? there : there.slice(Math.max(0, there.length - tail))).map(asLine);
    for (let isLast = false; follow && !signal?.aborted; ) {
      const more = await reader.read();
      yield* more.filter(shown).map(asLine);
      if (isLast) {
        yield* reader.rest().filter(shown).map(asLine);
        return;
      }
      if (more.length > 0) continue;
      isLast = await isOver();
      if (!isLast) await sleep(pause, undefined, { ...(signal && { signal }) }).catch(() => {});
    }
  } finally {
    await reader.close();
  }
}

/** Reads on in a file that grows, and that may begin anew. */
class LogReader {
  readonly #file: string;
  readonly #begun = new Map<LogLine['stream'], Piece>();
  #handle: FileHandle | undefined;
  #offset = 0;
  #rest: Buffer = Buffer.alloc(0);

  constructor(file: string) {
    this.#file = file;
  }

  /** Whole lines since the last time. */
  async read(): Promise<Piece[]> {
    this.#handle ??= await open(this.#file, 'r').catch(() => undefined);
    if (!this.#handle) return [];
    const { size } = await this.#handle.stat();
    if (size < this.#offset) [this.#offset, this.#rest] = [0, Buffer.alloc(0)];
    const found: Piece[] = [];
    for (;;) {
      const { bytesRead, buffer } = await this.#handle.read(
        Buffer.alloc(blockSize),
        0,
        blockSize,
        this.#offset,
      );
      if (bytesRead === 0) return found;
      this.#offset += bytesRead;
      const all = Buffer.concat([this.#rest, buffer.subarray(0, bytesRead)]);
      const end = all.lastIndexOf(10) + 1;
      this.#rest = all.subarray(end);
      for (const line of all.subarray(0, end).toString('utf8').split('\n')) found.push(...this.#joined(line));
    }
  }

  /** What was printed without an end of line. */
  rest(): Piece[] {
    const all = [...this.#begun.values()];
    this.#begun.clear();
    return all;
  }

  async close(): Promise<void> {
    await this.#handle?.close();
  }

  #joined(line: string): Piece[] {
    const piece = readPiece(line);
    if (!piece) return [];
    const before = this.#begun.get(piece.stream);
    const whole = before ? { ...piece, time: before.time, text: before.text + piece.text } : piece;
    if (!piece.isWhole) {
      this.#begun.set(piece.stream, whole);
      return [];
    }
    this.#begun.delete(piece.stream);
    return [whole];
  }
}
