import type { Figures } from '../measurement.ts';

/** What the client’s end runs, for so many seconds. */
export type Client = (address: string, port: number, seconds: number) => readonly string[];

/** How a test is carried out: a program at each end. */
export interface Tool {
  /** The program, and Debian’s package of it. */
  readonly program: string;
  server(address: string, port: number): readonly string[];
  readonly client: Client;
  /** @throws HeddleError ERR_MEASURE */
  figures(text: string): Figures;
}
