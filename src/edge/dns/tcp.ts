import { once } from 'node:events';
import { createServer, isIPv6, type Server, type Socket } from 'node:net';
import { type Endpoint, listenError, type Respond } from '../listen/endpoint.ts';
import { type ConnectionLimits, clientAt, type FairConnections } from '../listen/fair-connections.ts';
import { headerLength } from './wire.ts';

export interface TcpLimits extends ConnectionLimits {
  /** Milliseconds that a connection may be open without a whole query. */
  readonly idle: number;
}

/** Bytes: a query is one name and a few options; nobody needs more. */
const longestQuery = 4096;
/** Bytes of answers that a client has not read yet; until it has, its queries are not read. */
const unreadAnswers = 64 * 1024;

/** Milliseconds for answers to leave when the server stops. */
const lastWords = 500;

/** Answers over TCP on one address (RFC 7766): several queries on a connection, answered in order. */
export class TcpListener {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #connections: FairConnections<Socket>;
  readonly #respond: Respond;
  readonly #idle: number;

  private constructor(respond: Respond, connections: FairConnections<Socket>, idle: number) {
    this.#respond = respond;
    this.#idle = idle;
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
    this.#connections = connections;
  }

  /**
   * @param connections those of all listeners of the server, shared among its clients
   * @param idle see `TcpLimits`
   * @throws HeddleError ERR_EDGE_LISTEN
   */
  static async open(
    endpoint: Endpoint,
    respond: Respond,
    connections: FairConnections<Socket>,
    idle: number,
  ): Promise<TcpListener> {
    const listener = new TcpListener(respond, connections, idle);
    const { address, port } = endpoint;
    listener.#server.listen({ host: address, port, ipv6Only: isIPv6(address) });
    try {
      await once(listener.#server, 'listening');
    } catch (error) {
      throw listenError(error as NodeJS.ErrnoException, endpoint, 'TCP');
    }
    // A connection that could not be taken is that client's loss.
    listener.#server.on('error', () => {});
    return listener;
  }

  /** Takes no more connections and ends those that are open: what was asked has been answered. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) {
      socket.end(() => socket.destroy());
      setTimeout(() => socket.destroy(), lastWords).unref();
    }
    await closed;
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    this.#connections.add(socket, clientAt(socket.remoteAddress));
    // Not the socket's own timeout: a client that sends a byte now and then would never be idle.
    const deadline = setTimeout(() => socket.destroy(), this.#idle);
    let waiting: Buffer = Buffer.alloc(0);
    const serve = (more?: Buffer) => {
      if (more) waiting = waiting.length === 0 ? more : Buffer.concat([waiting, more]);
      waiting = this.#serve(socket, waiting, deadline);
      if (socket.writableLength > unreadAnswers) socket.pause();
      else socket.resume();
    };
    socket.on('data', serve);
    socket.on('drain', () => serve());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(deadline);
      this.#sockets.delete(socket);
    });
  }

  /** Answers the whole queries among these bytes, as long as the client reads; returns what is left. */
  #serve(socket: Socket, bytes: Buffer, deadline: NodeJS.Timeout): Buffer {
    let at = 0;
    while (bytes.length - at >= 2 && socket.writableLength <= unreadAnswers) {
      const length = bytes.readUInt16BE(at);
      if (length < headerLength || length > longestQuery) {
        socket.destroy();
        return bytes.subarray(bytes.length);
      }
      if (bytes.length - at < 2 + length) break;
      const answer = this.#respond(
        bytes.subarray(at + 2, at + 2 + length),
        socket.remoteAddress ?? '',
        'tcp',
      );
      if (answer) send(socket, answer);
      deadline.refresh();
      this.#connections.used(socket);
      at += 2 + length;
    }
    return bytes.subarray(at);
  }
}

/** Length and answer in one write, so that they go in one segment (RFC 7766, 8). */
function send(socket: Socket, answer: Buffer): void {
  const length = Buffer.from([answer.length >> 8, answer.length & 255]);
  socket.cork();
  socket.write(length);
  socket.write(answer);
  socket.uncork();
}
