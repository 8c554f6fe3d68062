export interface FlowQuery {
  /** Milliseconds since 1970. */
  readonly since?: number;
  readonly until?: number;
  /** nfdump's own filter syntax. */
  readonly filter?: string;
  /** Only flows that one of these services is an end of. */
  readonly services?: readonly string[];
  /** What each probe saw, instead of one record for all that saw it. */
  readonly raw?: boolean;
  /** The newest so many. */
  readonly limit?: number;
}

/** One direction of one conversation, or of a stretch of it. Stable. */
export interface FlowRecord {
  /** RFC 3339, with milliseconds. */
  readonly first: string;
  readonly last: string;
  readonly received: string;
  /** The pods whose probes saw it. */
  readonly exporters: readonly string[];
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

/** What talkers are put in order by. */
export type Figure = 'bytes' | 'packets' | 'flows';

/** What all replicas of one service, or one address, sent to another. Stable. */
export interface Talkers {
  readonly source: string;
  readonly destination: string;
  readonly flows: number;
  readonly packets: number;
  readonly bytes: number;
  /** RFC 3339. */
  readonly first: string;
  readonly last: string;
}
