import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { type Endpoint, listenError, type Respond } from './endpoint.ts';

/** Bytes that queries may wait in, when many come at once. The kernel gives less when it must. */
const receiveBuffer = 1 << 20;

/** Answers over UDP on one address. */
export class UdpListener {
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  /**
   * @param unsent told of an answer that the system did not take; it is lost, as any datagram may be
   * @throws HeddleError ERR_EDGE_LISTEN
   */
  static async open(endpoint: Endpoint, respond: Respond, unsent: () => void): Promise<UdpListener> {
    const { address, port } = endpoint;
    const socket = createSocket({
      ...(isIPv6(address) ? { type: 'udp6', ipv6Only: true } : { type: 'udp4' }),
      // Answers go to addresses, never to names: without this every answer would wait for a turn of the event loop.
      lookup: (host, _options, found) => found(null, host, isIPv6(host) ? 6 : 4),
    });
    try {
      const listening = once(socket, 'listening');
      socket.bind({ address, port });
      await listening;
    } catch (error) {
      socket.close();
      throw listenError(error as NodeJS.ErrnoException, endpoint, 'UDP');
    }
    socket.setRecvBufferSize(receiveBuffer);
    const sent = (error: Error | null) => {
      if (error) unsent();
    };
    socket.on('message', (bytes, { address: client, port: clientPort }) => {
      const answer = clientPort === 0 ? undefined : respond(bytes, client, 'udp');
      if (answer) socket.send(answer, clientPort, client, sent);
    });
    // What came in and could not be read; nobody waits for an answer that can be given.
    socket.on('error', unsent);
    return new UdpListener(socket);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#socket.close(() => resolve()));
  }
}
