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

  /** @throws HeddleError ERR_EDGE_LISTEN */
  static async open(endpoint: Endpoint, respond: Respond): Promise<UdpListener> {
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
    socket.on('message', (bytes, { address: client, port: clientPort }) => {
      const answer = clientPort === 0 ? undefined : respond(bytes, client, 'udp');
      // What cannot be sent is lost, as any datagram may be; its sender asks again.
      if (answer) socket.send(answer, clientPort, client);
    });
    socket.on('error', ignore);
    return new UdpListener(socket);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#socket.close(() => resolve()));
  }
}

function ignore(): void {}
