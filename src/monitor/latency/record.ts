export interface LatencyQuery {
  /** Milliseconds since 1970. */
  readonly since?: number;
  readonly until?: number;
  /** Only from this service, only to this service. */
  readonly from?: string;
  readonly to?: string;
}

/** What was measured from one service to another. Times in milliseconds, loss in percent. Stable. */
export interface LatencyRecord {
  readonly from: string;
  readonly to: string;
  /** Start of the first and of the last run of the window that was asked for, RFC 3339; null: nothing was measured. */
  readonly first: string | null;
  readonly last: string | null;
  /** Where the reflector answered last, `10.89.0.5:2112`. */
  readonly address: string | null;
  readonly packets: PacketCounts;
  /** Of the packets that were due; null when none was. */
  readonly loss: number | null;
  /** From the one to the other. */
  readonly sendDelay: DelayFigures | null;
  /** And back. */
  readonly receiveDelay: DelayFigures | null;
  /** There and back, without the time the reflector took: needs one clock only. */
  readonly roundTrip: DelayFigures | null;
  /** How far off each one-way delay may be; null: nothing was measured. */
  readonly clockErrorBound: ClockErrorBound | null;
  /** What was asked for, a verdict a figure. */
  readonly objective: readonly Verdict[];
  /** Why the last run without an answer had none. */
  readonly lastFailure: { readonly at: string; readonly reason: string } | null;
}

export interface PacketCounts {
  /** That should have left, those included that nobody was there to answer. */
  readonly due: number;
  readonly sent: number;
  readonly received: number;
  /** Due and not received. */
  readonly lost: number;
  /** Of those, where irtt knows on which way. */
  readonly lostSending: number;
  readonly lostReturning: number;
}

/** Of the packets that came back. Milliseconds. */
export interface DelayFigures {
  readonly min: number;
  readonly mean: number;
  readonly median: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
  /** Mean difference between a packet's delay and that of the one before it; null when no two followed each other. */
  readonly jitter: number | null;
}

export interface ClockErrorBound {
  /** Null: the two clocks moved against each other, and nothing bounds the one-way delays. */
  readonly milliseconds: number | null;
  readonly basis: 'same clock' | 'delays are positive' | 'none';
  readonly reason: string;
}

export interface Verdict {
  readonly figure: 'p50' | 'p90' | 'p99' | 'loss';
  /** Milliseconds of one-way delay from the one to the other, or percent. */
  readonly limit: number;
  readonly observed: number | null;
  /** Null: undecided, for nothing was measured or the limit is within the clock error. */
  readonly met: boolean | null;
}
