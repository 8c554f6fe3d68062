import type { Coordinate } from '../coordinate.ts';
import { readAsk, writeAnswer } from './datagram.ts';
import { type EchoPeers, keyFor } from './keys.ts';

/** Answers a second to one peer, and at once after a rest. Peers ask once a second, and ten times at first. */
const perSecond = 5;
const burst = 20;

interface Peer {
  readonly key: Buffer;
  tokens: number;
  /** Milliseconds. */
  at: number;
}

/**
 * Decides what is answered: who is known and proves it, a bounded number a second, with less than was asked with. All
 * else is met with silence. Time is handed in, in milliseconds.
 */
export class Responder {
  #peers = new Map<string, Peer>();

  setPeers({ own, peers }: EchoPeers): void {
    const secret = Buffer.from(own, 'base64');
    const known = Object.keys(peers).map((site): [string, Peer] => {
      const key = keyFor(secret, site);
      const before = this.#peers.get(site);
      return [site, before?.key.equals(key) ? before : { key, tokens: burst, at: 0 }];
    });
    this.#peers = new Map(known);
  }

  answer(bytes: Buffer, coordinate: Coordinate, now: number): Buffer | undefined {
    const ask = readAsk(bytes, (site) => this.#peers.get(site)?.key);
    const peer = ask && this.#peers.get(ask.from);
    if (!peer) return undefined;
    // A clock that went back gives nothing and takes nothing.
    const elapsed = Math.max(0, now - peer.at);
    peer.tokens = Math.min(burst, peer.tokens + (elapsed * perSecond) / 1000);
    peer.at = now;
    if (peer.tokens < 1) return undefined;
    peer.tokens--;
    return writeAnswer({ nonce: ask.nonce, coordinate }, peer.key);
  }
}
