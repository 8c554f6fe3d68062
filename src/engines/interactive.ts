import type { Writable } from 'node:stream';

export interface TerminalSize {
  readonly rows: number;
  readonly columns: number;
}

export interface InteractiveExec {
  /** Its standard input. */
  readonly input: Writable;
  /** Ends when the program does. A terminal has one stream, stdout. */
  readonly output: AsyncIterable<OutputChunk>;
  resize(size: TerminalSize): Promise<void>;
  /** Lets go of the program, and tells it so as the end of a terminal does: SIGHUP. */
  hangUp(): Promise<void>;
  /** To be asked when the output has ended. */
  exitCode(): Promise<number>;
}

export interface OutputChunk {
  readonly stream: 'stdout' | 'stderr';
  readonly data: Buffer;
}
