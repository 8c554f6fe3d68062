import type { Figures } from '../measurement.ts';

/** Where a test is carried out. */
export interface Place {
  /** Where the server’s end listens. */
  readonly address: string;
  readonly port: number;
  /** In memory where the host has that, for files that a tool needs; it goes with the benchmark. */
  readonly folder: string;
}

/** How a test is carried out: a program at each end. */
export interface Tool {
  /** What has to be there, and Debian’s packages of it. */
  readonly needs: readonly Need[];
  /** Makes the files that either end needs; those of an earlier turn may be there. */
  readonly prepare?: { server?(place: Place): Promise<void>; client?(place: Place): Promise<void> };
  server(place: Place): readonly string[];
  /** What the client’s end runs: for so many seconds, where its test has no end of its own. */
  client(place: Place, seconds: number): readonly string[];
  /** Milliseconds that the client may take beside what it measures; 10 s where nothing is said. */
  readonly patience?: number;
  /**
   * @param text what the client’s program printed
   * @param seconds that it ran for
   * @throws HeddleError ERR_MEASURE
   */
  figures(text: string, seconds: number): Figures;
}

/** A program, or a module of Python. */
export interface Need {
  readonly program: string;
  readonly module?: string;
  readonly package: string;
}
