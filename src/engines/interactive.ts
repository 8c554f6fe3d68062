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

/** Podman's own words, in what a program says, when it lost the rest of what that printed. */
const lost = /^Error: read unixpacket \S+: read: connection reset by peer\s*$/m;

/**
 * What a program said on its standard error, without what the engine has added. `isCutOff`: the engine may have lost of what it
 * printed, as Podman does of one that ends before its input has reached it.
 */
export function wordsOf(stderr: string): { readonly said: string; readonly isCutOff: boolean } {
  const isCutOff = lost.test(stderr);
  return { said: isCutOff ? stderr.replace(lost, '') : stderr, isCutOff };
}
