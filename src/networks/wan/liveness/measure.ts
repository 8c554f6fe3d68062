import type { LivenessPacket } from './packet.ts';

// What the packets of a session tell of its path. Pure.

/** Packets that a loss is reckoned from. */
const span = 200;
/** How much of a new delay goes into the kept one (RFC 6298, 2). */
const share = 1 / 8;

export interface Measured {
  /** Milliseconds there and back; nothing: not known yet. */
  readonly delay: number | undefined;
  /** Sequence numbers of what came, of the last {@link span}, sorted by when it came. */
  readonly came: readonly number[];
  /** What the other says to have lost: 0 to 1. */
  readonly lostThere: number;
}

export const nothingMeasured: Measured = { delay: undefined, came: [], lostThere: 0 };

/** `now`: microseconds of the clock that the sender of what was echoed had. */
export function measured(before: Measured, packet: LivenessPacket, now: number): Measured {
  const newest = Math.max(packet.sequence, before.came.at(-1) ?? 0);
  const came = [...before.came, packet.sequence].filter((one) => one > newest - span);
  const delay = packet.echoed > 0 ? Math.max(0, now - packet.echoed - packet.held) / 1000 : undefined;
  return {
    came,
    delay:
      delay === undefined || before.delay === undefined
        ? (delay ?? before.delay)
        : smooth(before.delay, delay),
    lostThere: packet.lost / 1000,
  };
}

function smooth(kept: number, found: number): number {
  return kept + (found - kept) * share;
}

/** Of what the other has sent: 0 to 1. */
export function lostHere({ came }: Measured): number {
  if (came.length < 2) return 0;
  const sent = Math.max(...came) - Math.min(...came) + 1;
  return Math.max(0, 1 - came.length / sent);
}

/** In the direction that loses more. */
export function lossOf(measured: Measured): number {
  return Math.max(lostHere(measured), measured.lostThere);
}
