import { randomBytes } from 'node:crypto';
import { familyOf } from '../addresses.ts';
import { lossOf, lostHere, type Measured, measured, nothingMeasured } from './measure.ts';
import type { PathReport, WatchedPath } from './messages.ts';
import { answered, type MtuSearch, newSearch, nextTrial } from './mtu-search.ts';
import { decode, encode, type LivenessPacket } from './packet.ts';
import { expired, idleInterval, interval, newSession, received, type Session } from './session.ts';

/** Milliseconds for which it is remembered that a path went down. */
const memory = 300_000;
/** Bytes of the headers before a packet's own: IP, UDP. */
const headers = { inet: 20 + 8, inet6: 40 + 8 } as const;

/** Never 0, which is none. */
function draw(): number {
  return randomBytes(4).readUInt32BE(0) || 1;
}

/** One path as it is watched: what was heard of it, and what is to be said next. It does no I/O. */
export class Watched {
  path: WatchedPath;
  #session: Session;
  #measured: Measured = nothingMeasured;
  #search: MtuSearch;
  #sequence = 0;
  #echo = { sent: 0, came: 0 };
  #usedThere = 0;
  #falls: readonly number[] = [];

  constructor(path: WatchedPath, now: number) {
    this.path = path;
    this.#session = newSession(draw(), now);
    this.#search = newSearch(path.most, now);
  }

  /** Milliseconds until the next packet, scattered (RFC 5880, 6.8.7). */
  get pause(): number {
    return (this.#session.state === 'down' ? idleInterval : interval) * (0.75 + Math.random() / 4);
  }

  /** What is to be sent now: the packet that is due, and a trial of a larger one. `now`: microseconds. */
  due(now: number): Buffer[] {
    const packets = [this.#packet(now)];
    if (this.#session.state !== 'up') return packets;
    const { search, size } = nextTrial(this.#search, this.path.most, now / 1000, this.#measured.delay);
    this.#search = search;
    if (size !== undefined) packets.push(this.#packet(now, size));
    return packets;
  }

  /**
   * `now`: microseconds.
   * @returns nothing when it counts for nothing; what is to be answered at once, and whether something else is to be said from now on
   */
  hear(bytes: Buffer, now: number): { readonly answer?: Buffer; readonly hasTurned: boolean } | undefined {
    const packet = decode(bytes, this.path.hears);
    const session = packet && received(this.#session, packet, now / 1000, draw);
    if (!packet || !session) return undefined;
    const before = this.#session;
    this.#became(session, now);
    this.#measured = packet.mine === before.yours ? measured(this.#measured, packet, now) : nothingMeasured;
    this.#echo = { sent: packet.sent, came: now };
    this.#usedThere = packet.used;
    if (packet.largest > 0) this.#search = answered(this.#search, packet.largest, now / 1000);
    // Whoever is answered hears it before somebody else, or a repeated packet, is named instead.
    const hasTurned = session.state !== before.state || session.yours !== before.yours;
    if (!packet.isProbe) return { hasTurned };
    const largest = Math.min(0xffff, bytes.length + headers[familyOf(this.path.local)]);
    return { hasTurned, answer: this.#packet(now, undefined, largest) };
  }

  /** What time has made of it. `now`: microseconds. @returns whether it went down */
  judge(now: number): boolean {
    const before = this.#session.state;
    this.#became(expired(this.#session, now / 1000, draw), now);
    return before === 'up' && this.#session.state === 'down';
  }

  report(now: number): PathReport {
    const { state, since } = this.#session;
    const isUp = state === 'up';
    return {
      id: this.path.id,
      isUp,
      since,
      delay: this.#measured.delay ?? 0,
      loss: isUp ? lossOf(this.#measured) : 1,
      falls: this.#falls.filter((fell) => now / 1000 - fell < memory).length,
      mtu: isUp ? this.#search.found : undefined,
      usedThere: this.#usedThere,
    };
  }

  #became(session: Session, now: number): void {
    const before = this.#session.state;
    this.#session = session;
    if (before === session.state) return;
    if (before === 'up') this.#falls = [...this.#falls, now / 1000].slice(-16);
    if (session.state === 'up') this.#search = newSearch(this.path.most, now / 1000);
    if (session.state === 'down') this.#measured = nothingMeasured;
  }

  #packet(now: number, size?: number, largest = 0): Buffer {
    this.#sequence += 1;
    const packet: LivenessPacket = {
      state: this.#session.state,
      path: this.path.id,
      mine: this.#session.mine,
      yours: this.#session.yours,
      sequence: this.#sequence,
      sent: now,
      echoed: this.#echo.sent,
      held: now - this.#echo.came,
      lost: Math.round(lostHere(this.#measured) * 1000),
      used: this.path.used,
      largest,
      isProbe: size !== undefined,
    };
    const length = size === undefined ? undefined : size - headers[familyOf(this.path.local)];
    return encode(packet, this.path.sends, length);
  }
}
