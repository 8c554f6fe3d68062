import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type DecodedPacket, decode, encode } from 'dns-packet';

/** Milliseconds between two questions to one server. */
const every = 5;
const port = 53;

/** Whether an answer is the one that is waited for. */
export type IsRight = (answer: DecodedPacket) => boolean;

interface Asked {
  readonly address: string;
  readonly query: Buffer;
  /** When it is asked next, on the clock of `performance.now()`. */
  next: number;
  /** The last answer, which need not be looked at twice. */
  last: Buffer | undefined;
  /** When the right answer came. */
  at: number | undefined;
}

/** Asks DNS servers over UDP, all from one socket, until each has given the right answer. */
export class DnsPoll {
  readonly #socket: Socket = createSocket('udp4');
  #id = 0;

  async open(): Promise<this> {
    this.#socket.bind(0, '127.0.0.1');
    await once(this.#socket, 'listening');
    return this;
  }

  /**
   * Asks all of them for a name every 5 ms, evenly spread over that time.
   * @returns by server, when its first right answer came, on the clock of `performance.now()`
   */
  async until(addresses: readonly string[], name: string, isRight: IsRight, timeout: number) {
    const began = performance.now();
    // Each question of a series has a number that no answer of the series before has.
    const first = this.#id;
    this.#id = (this.#id + addresses.length) % 60_000;
    const asked = addresses.map(
      (address, index): Asked => ({
        address,
        query: encode({ type: 'query', id: first + index, questions: [{ type: 'A', name }] }),
        next: began + (every * index) / addresses.length,
        last: undefined,
        at: undefined,
      }),
    );
    let left = asked.length;
    const done = Promise.withResolvers<void>();
    const hear = (message: Buffer) => {
      const one = asked[message.readUInt16BE(0) - first];
      if (!one || one.at !== undefined || one.last?.equals(message)) return;
      one.last = message;
      if (isRight(decode(message))) {
        one.at = performance.now();
        if (--left === 0) done.resolve();
      }
    };
    const ask = () => {
      const now = performance.now();
      if (now - began > timeout) {
        const silent = asked.filter(({ at }) => at === undefined).map(({ address }) => address);
        done.reject(new Error(`not within ${timeout} ms: ${name} at ${silent.join(', ')}`));
      }
      for (const one of asked) {
        if (one.at !== undefined || one.next > now) continue;
        one.next = Math.max(one.next + every, now);
        this.#socket.send(one.query, port, one.address);
      }
    };
    this.#socket.on('message', hear);
    const timer = setInterval(ask, 1);
    try {
      await done.promise;
    } finally {
      clearInterval(timer);
      this.#socket.off('message', hear);
    }
    return new Map(asked.map(({ address, at }) => [address, at as number]));
  }

  close(): void {
    this.#socket.close();
  }
}

/** The addresses that an answer gives. */
export function addressesIn(answer: DecodedPacket): string[] {
  return (answer.answers ?? []).flatMap((record) => (record.type === 'A' ? [record.data] : []));
}

/** Whether an answer says that there is no such name. */
export function isNoName(answer: DecodedPacket): boolean {
  return (answer as DecodedPacket & { readonly rcode: string }).rcode === 'NXDOMAIN';
}
