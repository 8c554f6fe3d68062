import { createSocket, type Socket } from 'node:dgram';
import { decode, encode } from 'dns-packet';
import { addressesIn } from './dns-poll.ts';

/** Milliseconds for an answer. */
const timeout = 300;

/** A stub resolver that remembers nothing: every look-up is a question to the server. */
export class DnsClient implements Disposable {
  readonly #socket: Socket = createSocket('udp4');
  readonly #waiting = new Map<number, (message: Buffer) => void>();
  readonly #server: string;
  readonly #port: number;
  #id = 0;

  constructor(server: string, port = 53) {
    this.#server = server;
    this.#port = port;
    this.#socket.on('message', (message) => this.#waiting.get(message.readUInt16BE(0))?.(message));
  }

  /** The first address of a name. Rejects when there is none, or no answer in time. */
  async lookup(name: string): Promise<string> {
    this.#id = (this.#id + 1) % 65_536;
    const id = this.#id;
    const answer = Promise.withResolvers<Buffer>();
    const late = setTimeout(() => answer.reject(new Error(`no answer for ${name}`)), timeout);
    this.#waiting.set(id, answer.resolve);
    const query = encode({ type: 'query', id, flags: 0x0100, questions: [{ type: 'A', name }] });
    this.#socket.send(query, this.#port, this.#server);
    try {
      const [address] = addressesIn(decode(await answer.promise));
      if (address === undefined) throw new Error(`no address for ${name}`);
      return address;
    } finally {
      clearTimeout(late);
      this.#waiting.delete(id);
    }
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}
