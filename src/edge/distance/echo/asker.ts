import type { Coordinate } from '../coordinate.ts';
import { nonceOf, readAnswer, writeAsk } from './datagram.ts';
import type { EchoPeers } from './keys.ts';

/** Milliseconds between two questions to one peer; at first, so that something is known soon; and to all. */
const interval = 1000;
const firstInterval = 100;
const firstQuestions = 10;
const leastGap = 20;
/** Milliseconds after which an answer comes too late. */
const timeout = 10_000;

interface Peer {
  readonly addresses: readonly string[];
  readonly key: Buffer;
  asked: number;
  /** Milliseconds. */
  due: number;
}

/** A datagram, and where it is to go. */
export interface Question {
  readonly bytes: Buffer;
  readonly addresses: readonly string[];
}

/** An answer that came. */
export interface Echoed {
  readonly peer: string;
  readonly milliseconds: number;
  readonly coordinate: Coordinate;
}

/**
 * Decides who is asked when, at most fifty a second in all, and which answers are believed: those to what was asked, once,
 * by who was asked. Time and chance are handed in; time in milliseconds.
 */
export class Asker {
  readonly #site: string;
  #peers = new Map<string, Peer>();
  readonly #open = new Map<string, { readonly peer: string; readonly key: Buffer; readonly at: number }>();
  #lastAt = Number.NEGATIVE_INFINITY;

  constructor(site: string) {
    this.#site = site;
  }

  setPeers({ peers }: EchoPeers): void {
    this.#peers = new Map(
      Object.entries(peers).map(([site, { addresses, key }]) => {
        const before = this.#peers.get(site);
        const { asked = 0, due = Number.NEGATIVE_INFINITY } = before ?? {};
        return [site, { addresses, key: Buffer.from(key, 'base64'), asked, due }];
      }),
    );
  }

  /** Milliseconds until somebody is to be asked; nothing when there is nobody. */
  wait(now: number): number | undefined {
    const next = this.#next()?.[1];
    return next && Math.max(0, next.due - now, this.#lastAt + leastGap - now);
  }

  /**
   * Asks who is due.
   * @param nonce eight bytes that nobody can guess
   * @param chance 0 to 1, so that not all gateways ask at once
   */
  ask(coordinate: Coordinate, now: number, nonce: Buffer, chance: number): Question | undefined {
    for (const [key, { at }] of this.#open) {
      if (now - at <= timeout) break;
      this.#open.delete(key);
    }
    const next = this.#next();
    if (!next || this.wait(now) !== 0) return undefined;
    const [site, peer] = next;
    peer.asked++;
    peer.due = now + (peer.asked < firstQuestions ? firstInterval : interval) * (0.9 + 0.2 * chance);
    this.#lastAt = now;
    this.#open.set(nonce.toString('hex'), { peer: site, key: peer.key, at: now });
    return {
      bytes: writeAsk({ nonce, coordinate, from: this.#site }, peer.key),
      addresses: peer.addresses,
    };
  }

  /** What a datagram answers, if it answers what was asked. */
  take(bytes: Buffer, now: number): Echoed | undefined {
    const nonce = nonceOf(bytes)?.toString('hex') ?? '';
    const open = this.#open.get(nonce);
    const answer = open && readAnswer(bytes, open.key);
    if (!answer) return undefined;
    this.#open.delete(nonce);
    if (now - open.at > timeout) return undefined;
    return { peer: open.peer, milliseconds: now - open.at, coordinate: answer.coordinate };
  }

  #next(): [string, Peer] | undefined {
    let first: [string, Peer] | undefined;
    for (const one of this.#peers) if (!first || one[1].due < first[1].due) first = one;
    return first;
  }
}
