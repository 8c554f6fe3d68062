import type { Duplex } from 'node:stream';
import { addressBytes } from '../../lib/address-bytes.ts';

export interface ConnectionLimits {
  /** At a time, of all clients. */
  readonly connections: number;
  /** At a time, of one client. */
  readonly perClient: number;
}

/**
 * The connections of a server, shared among its clients: no client keeps the others out by having many. A new connection is
 * always taken; where there are too many, the one that has been idle longest makes room, of the same client when that has
 * too many, else of the one that has most (RFC 7766, 6.2.3 and 10).
 */
export class FairConnections<T extends Duplex> {
  readonly #limits: ConnectionLimits;
  /** By client, each from the one that has been idle longest on. */
  readonly #clients = new Map<string, Set<T>>();
  readonly #all = new Map<T, string>();
  #dropped = 0;

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#all.size;
  }

  /** Connections that had to make room. */
  get dropped(): number {
    return this.#dropped;
  }

  all(): T[] {
    return [...this.#all.keys()];
  }

  /** @param client names it, see `clientAt` */
  add(socket: T, client: string): void {
    const own = this.#clients.get(client) ?? new Set();
    if (own.size >= this.#limits.perClient) this.#drop(own);
    else if (this.#all.size >= this.#limits.connections) this.#drop(this.#largest());
    this.#clients.set(client, own.add(socket));
    this.#all.set(socket, client);
    socket.once('close', () => this.#remove(socket));
  }

  /** A whole query came: it is not idle. */
  used(socket: T): void {
    const own = this.#clients.get(this.#all.get(socket) ?? '');
    if (own?.delete(socket)) own.add(socket);
  }

  /** It is none of these any more, and goes on all the same. */
  release(socket: T): void {
    this.#remove(socket);
  }

  #drop(own: ReadonlySet<T>): void {
    const [idlest] = own;
    if (!idlest) return;
    this.#dropped++;
    // It is told of no end before this is over; the place is free at once.
    this.#remove(idlest);
    idlest.destroy();
  }

  #largest(): ReadonlySet<T> {
    let largest: ReadonlySet<T> = new Set();
    for (const own of this.#clients.values()) if (own.size > largest.size) largest = own;
    return largest;
  }

  #remove(socket: T): void {
    const client = this.#all.get(socket);
    if (client === undefined) return;
    this.#all.delete(socket);
    const own = this.#clients.get(client);
    own?.delete(socket);
    if (own?.size === 0) this.#clients.delete(client);
  }
}

/**
 * The client at an address: with IPv6 a /64, which anybody is given whole.
 * @param address nothing: it is gone already, or none of the Internet's
 */
export function clientAt(address: string | undefined): string {
  if (address === undefined) return '';
  const bytes = addressBytes(address);
  return Buffer.from(bytes.subarray(0, bytes.length === 4 ? 4 : 8)).toString('latin1');
}
