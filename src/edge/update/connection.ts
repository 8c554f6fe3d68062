import { connect, type Socket } from 'node:net';
import type { Endpoint } from '../listen/endpoint.ts';

/** Milliseconds without a sign of the server, and for a whole message, be it sent a byte at a time. */
const timeout = 5000;
const messageTimeout = 15_000;

/** DNS over TCP (RFC 7766), as a client: one request at a time. */
export class Connection {
  readonly #socket: Socket;
  readonly #messages: AsyncGenerator<Buffer>;

  constructor({ address, port }: Endpoint) {
    this.#socket = connect({ host: address, port, noDelay: true });
    this.#socket.setTimeout(timeout, () =>
      this.#socket.destroy(new Error(`no answer within ${timeout / 1000} s`)),
    );
    this.#messages = messages(this.#socket);
  }

  send(message: Buffer): void {
    const length = Buffer.from([message.length >> 8, message.length & 255]);
    this.#socket.write(Buffer.concat([length, message]));
  }

  /** @throws Error when the connection ends */
  async next(): Promise<Buffer> {
    const late = setTimeout(
      () => this.#socket.destroy(new Error(`no whole message within ${messageTimeout / 1000} s`)),
      messageTimeout,
    );
    const { value, done } = await this.#messages.next().finally(() => clearTimeout(late));
    if (done) throw new Error('it ended the connection');
    return value;
  }

  close(): void {
    this.#socket.destroy();
  }
}

async function* messages(socket: Socket): AsyncGenerator<Buffer, undefined> {
  let waiting: Buffer = Buffer.alloc(0);
  for await (const chunk of socket) {
    waiting = Buffer.concat([waiting, chunk as Buffer]);
    while (waiting.length >= 2 && waiting.length >= 2 + waiting.readUInt16BE(0)) {
      const end = 2 + waiting.readUInt16BE(0);
      yield waiting.subarray(2, end);
      waiting = waiting.subarray(end);
    }
  }
  return undefined;
}
