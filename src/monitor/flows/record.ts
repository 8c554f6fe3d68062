export interface FlowQuery {
  /** Milliseconds since 1970. */
  readonly since?: number;
  readonly until?: number;
  /** nfdump's own filter syntax. */
  readonly filter?: string;
  /** Only flows that one of these services is an end of. */
  readonly services?: readonly string[];
  readonly limit?: number;
}

/** One direction of one conversation, as an exporter saw it. */
export interface FlowRecord {
  /** RFC 3339, with milliseconds. */
  readonly first: string;
  readonly last: string;
  readonly received: string;
  /** The pod whose probe exported it. */
  readonly exporter: string;
  readonly protocol: string;
  readonly source: FlowEnd;
  readonly destination: FlowEnd;
  readonly packets: number;
  readonly bytes: number;
  readonly tcpFlags?: string;
}

export interface FlowEnd {
  readonly address: string;
  readonly port?: number;
  /** The service that had the address then; absent: outside of the application. */
  readonly service?: string;
  readonly pod?: string;
}
