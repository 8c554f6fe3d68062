import type { LivenessPacket, SessionState } from './packet.ts';

// The asynchronous mode of RFC 5880 (6.8.6) with fixed times. Pure.

/** Milliseconds between two packets, of which so many in a row may be lost but one. */
export const interval = 50;
const multiplier = 3;
/** Milliseconds without a packet after which a path is down. */
export const detectionTime = interval * multiplier;
/**
 * Milliseconds of silence after which the other's discriminator is forgotten. So long an answer to `init` may take: it comes a whole
 * way there and back later.
 */
const forgetting = 10 * detectionTime;
/** Milliseconds between two packets while nobody answers. */
export const idleInterval = 500;

export interface Session {
  readonly state: SessionState;
  /** Random, and new whenever a session begins: what named an earlier one brings none up. */
  readonly mine: number;
  /** The other's; 0: not known. A session that is down and knows it has ended: it says so until another begins. */
  readonly yours: number;
  /** Of the last packet that counted. */
  readonly sequence: number;
  /** Milliseconds by a steady clock: when that was heard, and since when the state is what it is. */
  readonly heard: number;
  readonly since: number;
}

export function newSession(mine: number, now: number): Session {
  return { state: 'down', mine, yours: 0, sequence: 0, heard: Number.NEGATIVE_INFINITY, since: now };
}

/**
 * What a packet makes of a session. One that was repeated by somebody counts for nothing: where a session is up, it has to be of the
 * two that are, and later than the last; where it is not, the most it can do is have this node answer.
 * @param draw a discriminator, where another session begins
 * @returns nothing when it does not count
 */
export function received(
  session: Session,
  packet: LivenessPacket,
  now: number,
  draw: () => number,
): Session | undefined {
  const { state, mine, yours, sequence, since } = session;
  const isOfSession = packet.yours === mine;
  if (packet.mine === 0 || (packet.yours !== 0 && !isOfSession)) return undefined;
  if (state === 'up' && !(isOfSession && packet.mine === yours)) return undefined;
  if (state !== 'down' && packet.mine === yours && packet.sequence <= sequence) return undefined;
  const next = nextState(session, packet.state, isOfSession);
  if (next === undefined) return undefined;
  const hasEnded = state === 'down' && yours !== 0;
  return {
    mine: hasEnded ? draw() : mine,
    state: next,
    yours: packet.mine,
    sequence: packet.sequence,
    heard: now,
    since: next === state ? since : now,
  };
}

function nextState(
  { state: here, yours }: Session,
  there: SessionState,
  knowsThis: boolean,
): SessionState | undefined {
  if (here === 'up') return there === 'down' ? 'down' : 'up';
  if (here === 'init') return there !== 'down' && knowsThis ? 'up' : 'init';
  if (there === 'down') return 'init';
  // What names a session that has ended begins one at most.
  if (there === 'init' && knowsThis) return yours === 0 ? 'up' : 'init';
  return undefined;
}

/**
 * What time makes of it; the same when nothing. One that ended still names the other for a while: where only one direction is lost,
 * the other hears so.
 */
export function expired(session: Session, now: number, draw: () => number): Session {
  const silent = now - session.heard;
  if (session.yours !== 0 && silent >= forgetting) return newSession(draw(), now);
  return session.state === 'up' && silent >= detectionTime
    ? { ...session, state: 'down', since: now }
    : session;
}
