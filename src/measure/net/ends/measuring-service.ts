import type { Test } from '../measurement.ts';

/** What a node does for a benchmark whose paths end there. Each may be asked again. */
export interface MeasuringService {
  /**
   * Makes the end of a path; it goes by itself when nothing is asked of it for some minutes.
   * @param run of the benchmark, as {@link Run} has its id
   * @param path the network, by its name
   * @param host at which the node’s host is reached, for the path that is the host’s own
   * @throws HeddleError ERR_MEASURE, ERR_NETWORK
   */
  open(node: string, run: string, path: string, host: string): Promise<{ readonly address: string }>;
  /** Starts what answers a test. @throws HeddleError ERR_MEASURE */
  serve(node: string, run: string, path: string, test: Test): Promise<{ readonly port: number }>;
  /** Ends all that answers there. */
  endServers(node: string, run: string, path: string): Promise<void>;
  /** Takes the end away. */
  close(node: string, run: string, path: string): Promise<void>;
}
