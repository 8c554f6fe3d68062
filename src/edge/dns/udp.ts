import type { Socket } from 'node:dgram';
import type { Endpoint, Respond } from '../listen/endpoint.ts';
import { openUdpSocket } from '../listen/udp-socket.ts';

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
    const socket = await openUdpSocket(endpoint, 'DNS');
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
