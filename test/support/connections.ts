/** What a client is to do in a pod. */
export interface ConnectionsOrder {
  readonly address: string;
  readonly port: number;
  readonly perSecond: number;
  /** Connections that are kept open beside those that come and go. */
  readonly kept: number;
  /** Each has a port of its own, from this one upwards. */
  readonly firstPort: number;
}

/** What became of the connections of a client. */
export interface ConnectionsOutcome {
  /** Milliseconds of each that was answered. */
  readonly took: readonly number[];
  /** Why others failed. */
  readonly failures: readonly string[];
  /** Client's ports of those that were answered, and of those that were kept open. */
  readonly opened: readonly number[];
  readonly kept: readonly number[];
  /** Of these, those that ended before they were closed. */
  readonly broken: readonly number[];
  readonly nextPort: number;
}
