import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** A copy of a service, on an address of its own: says which it is, and echoes what comes over a WebSocket. */
export class EdgeCopy {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly #open = new Set<Duplex>();
  #server: Server | undefined;
  /** The headers of the last request. */
  headers: IncomingMessage['headers'] = {};
  answered = 0;

  constructor(name: string, address: string, port = 8080) {
    this.name = name;
    this.address = address;
    this.port = port;
  }

  async start(): Promise<this> {
    const server = createServer((request, response) => {
      this.answered++;
      this.headers = request.headers;
      // Slow enough that some requests are under way whenever something changes.
      setTimeout(() => response.end(`${this.name} ${request.url}`), request.url?.includes('slow') ? 300 : 5);
    });
    server.on('connection', (socket) => {
      this.#open.add(socket);
      socket.on('close', () => this.#open.delete(socket));
    });
    server.on('upgrade', (request, socket) => this.#echo(request, socket));
    server.keepAliveTimeout = 120_000;
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(this.port, this.address, resolve);
    });
    return this;
  }

  /** As if its process were killed: its port is closed and its connections are cut. */
  async kill(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of this.#open) socket.destroy();
    await closed;
  }

  /** RFC 6455, 1.3 and 5.2; for short texts in one frame. */
  #echo(request: IncomingMessage, socket: Duplex): void {
    const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash('sha1').update(key).digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    socket.on('error', () => {});
    socket.on('data', (frame: Buffer) => {
      if ((frame[0]! & 0x0f) !== 1) return void socket.end();
      const length = frame[1]! & 0x7f;
      const text = frame.subarray(6, 6 + length).map((byte, index) => byte ^ frame[2 + (index % 4)]!);
      const said = Buffer.from(`${this.name} heard ${Buffer.from(text)}`);
      socket.write(Buffer.concat([Buffer.from([0x81, said.length]), said]));
    });
  }
}
