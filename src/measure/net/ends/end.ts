import type { Test } from '../measurement.ts';

/** Where what answers a test runs: at the far end of a path. */
export interface ServerEnd {
  /** At which it is reached. */
  readonly address: string;
  /** Starts what answers a test; it ends when it is disposed of. @throws HeddleError ERR_MEASURE; why a program did not start */
  serve(test: Test, options: ServeOptions): Promise<Server>;
}

export interface Server extends AsyncDisposable {
  readonly port: number;
}

export interface ServeOptions {
  /** For files that a tool needs on this host. */
  readonly folder: string;
  readonly signal: AbortSignal;
}
