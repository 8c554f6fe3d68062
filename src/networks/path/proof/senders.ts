import { randomBytes } from 'node:crypto';
import type { PatchLinks, Way } from '../patch/legs.ts';
import { endOnHost } from '../patch/outside.ts';
import type { Prober, Sender } from './prober.ts';
import type { Direction } from './stops.ts';

/**
 * What probes of a way are sent by, from each of its ends, until it is disposed of: their namespaces would stay with it. One for all
 * probes, since the kernel takes milliseconds to close each.
 */
export class Senders implements Disposable {
  readonly #prober: Prober;
  readonly #key = randomBytes(8).toString('hex');

  /** @throws HeddleError ERR_NETWORK */
  constructor(prober: Prober, pid: number, way: Way, places: PatchLinks) {
    this.#prober = prober;
    prober.open(this.#name('in'), atNetwork(way, places));
    prober.open(this.#name('out'), { namespace: `/proc/${pid}/ns/net`, ifindex: way.own.ifindex });
  }

  /** @throws HeddleError ERR_NETWORK */
  send(direction: Direction, frame: Buffer): void {
    this.#prober.send(this.#name(direction), frame);
  }

  [Symbol.dispose](): void {
    if (this.#prober.isEnded) return;
    for (const direction of ['in', 'out'] as const) this.#prober.close(this.#name(direction));
  }

  #name(direction: Direction): string {
    return `${this.#key}-${direction}`;
  }
}

/** What comes from the network is sent by the port of its switch. */
function atNetwork(way: Way, places: PatchLinks): Sender {
  return { namespace: '/proc/self/ns/net', ifindex: endOnHost(way, places)?.ifindex ?? 0 };
}
