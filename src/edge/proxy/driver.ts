import type { Log } from '../../lib/log.ts';
import type { Endpoint } from '../listen/endpoint.ts';
import type { Validity } from '../model/validity.ts';
import type { BackendFigures } from './figures.ts';
import type { Backend, Routes } from './routes.ts';

/** All that a proxy program is to do. */
export interface Wanted {
  readonly routes: Routes;
  /** Addresses by port, where each of the listeners listens; of one that is not there, nobody can. */
  readonly listen: ReadonlyMap<number, readonly string[]>;
  /** What answers for hosts and paths that are no service's. */
  readonly help: Endpoint;
  /** Beginnings of paths that it answers at port 80 for every host. */
  readonly helpPaths: readonly string[];
  readonly certificates: readonly Certificate[];
  readonly clients: ClientRules;
}

/** How far clients are believed, and what one of them may take. */
export interface ClientRules {
  /** Addresses and networks of proxies that may say who asked, and by themselves ask for many: `10.1.0.1`, `fd00::/64`. */
  readonly trusted: readonly string[];
  /** Connections that one address may have open at a time, be it as large as a /64 of IPv6. */
  readonly connections: number;
}

/** Connections of all clients; each takes some 40 KiB. */
export const connectionsOfAll = 10_000;

/** A certificate with its key. */
export interface Certificate extends Omit<Validity, 'name'> {
  /** Absolute path of a PEM file with both. */
  readonly file: string;
  /** `web.edge.internal`, `*.edge.internal`. */
  readonly names: readonly string[];
  /** Of what is in the file. */
  readonly hash: string;
}

export interface DriverContext {
  /** Absolute path; the driver's own. */
  readonly folder: string;
  readonly log: Log;
  /** What runs has ended though nobody told it to. */
  ended(reason: string): void;
}

/** A program that proxies, as it runs for one gateway or node. */
export interface Driver {
  /**
   * Makes it do what is wanted and nothing else, without dropping a request. Starts it when it does not run, and takes over
   * what an earlier process of the gateway left.
   * @throws HeddleError ERR_EDGE_PROXY; what it did before it does still
   */
  apply(wanted: Wanted): Promise<void>;
  /**
   * Has these backends lead to other servers while all else is as it was applied last. Not there: only `apply` can.
   * @returns whether it could be done so
   */
  adjust?(backends: readonly Backend[]): Promise<boolean>;
  /** Whether the program runs, maybe since an earlier process of the gateway. */
  isRunning(): Promise<boolean>;
  /** Ends it; what is under way is cut. */
  stop(): Promise<void>;
}

/** How a program is used. */
export interface DriverKind {
  /** The program, which has to be installed. */
  readonly program: string;
  create(context: DriverContext): Driver;
  /**
   * What the one counts that runs for this folder, where the program can tell.
   * @throws HeddleError ERR_EDGE_PROXY when it does not answer
   */
  figures?(folder: string): Promise<BackendFigures[]>;
}
