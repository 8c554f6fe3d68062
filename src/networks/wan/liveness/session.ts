import type { LivenessPacket, SessionState } from './packet.ts';

// The asynchronous mode of RFC 5880 (6.8.6) with fixed times. Pure.

/** Milliseconds between two packets, of which so many in a row may be lost but one. */
export const interval = 50;
const multiplier = 3;
/** Milliseconds without a packet after which a path is down. */
export const detectionTime = interval * multiplier;
/** Milliseconds of silence after which the other's discriminator is forgotten. */
const forgetting = 10 * detectionTime;
/** Milliseconds between two packets while nobody answers. */
export const idleInterval = 500;

export interface Session {
  readonly state: SessionState;
  /** Random, and new with each start of a node. */
  readonly mine: number;
  /** The other's; 0: not known. */
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
 * What a packet makes of a session. One that was repeated by somebody counts for nothing: where a session is up, it has to name it
 * and to be later than the last; where it is not, the most it can do is have this node answer.
 * @returns nothing when it does not count
 */
export function received(session: Session, packet: LivenessPacket, now: number): Session | undefined {
  const isOfSession = packet.yours === session.mine;
  if (packet.yours !== 0 && !isOfSession) return undefined;
  if (packet.mine === 0) return undefined;
  if (session.state !== 'down') {
    if (session.state === 'up' && !isOfSession) return undefined;
    if (packet.mine === session.yours && packet.sequence <= session.sequence) return undefined;
  }
  const next = nextState(session.state, packet.state, isOfSession);
  return {
    mine: session.mine,
    state: next,
    yours: packet.mine,
    sequence: packet.sequence,
    heard: now,
    since: next === session.state ? session.since : now,
  };
}

function nextState(here: SessionState, there: SessionState, knowsThis: boolean): SessionState {
  if (here === 'down') {
    if (there === 'down') return 'init';
    return there === 'init' && knowsThis ? 'up' : 'down';
  }
  if (here === 'init') return there !== 'down' && knowsThis ? 'up' : 'init';
  return there === 'down' ? 'down' : 'up';
}

/**
 * What time makes of it; the same when nothing. One that went down still names the other for a while: where only one direction is
 * lost, the other hears so.
 */
export function expired(session: Session, now: number): Session {
  const silent = now - session.heard;
  if (session.state !== 'down')
    return silent < detectionTime ? session : { ...session, state: 'down', sequence: 0, since: now };
  return session.yours === 0 || silent < forgetting ? session : { ...session, yours: 0 };
}
