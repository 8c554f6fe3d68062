import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { openUdpSocket } from '../../listen/udp-socket.ts';
import type { Coordinate } from '../coordinate.ts';
import { Asker, type Echoed } from './asker.ts';
import type { EchoPeers } from './keys.ts';
import { Responder } from './responder.ts';

/** Where every gateway answers. */
export const echoPort = 8553;

export interface EchoEvents {
  /** Where this site is, which is told to others. */
  coordinate(): Coordinate;
  /** A round trip was measured; `now` on the clock of `performance.now()`, `chance` 0 to 1. */
  echoed(echoed: Echoed, now: number, chance: number): void;
}

/** Sends questions to the gateways of other sites and answers theirs, over UDP. What is sent when, others decide. */
export class Echo {
  readonly #sockets: readonly Socket[];
  readonly #port: number;
  readonly #asker: Asker;
  readonly #responder = new Responder();
  readonly #events: EchoEvents;
  #timer: NodeJS.Timeout | undefined;

  private constructor(site: string, sockets: readonly Socket[], port: number, events: EchoEvents) {
    this.#asker = new Asker(site);
    this.#sockets = sockets;
    this.#port = port;
    this.#events = events;
    for (const socket of sockets) {
      socket.on('message', (bytes, { address, port: from }) => this.#take(socket, bytes, address, from));
      // What cannot be sent or read is lost, as any datagram may be.
      socket.on('error', () => {});
    }
  }

  /** @throws HeddleError ERR_EDGE_LISTEN */
  static async open(
    site: string,
    addresses: readonly string[],
    events: EchoEvents,
    port = echoPort,
  ): Promise<Echo> {
    const sockets: Socket[] = [];
    try {
      for (const address of addresses) sockets.push(await openUdpSocket({ address, port }, 'the echo'));
    } catch (error) {
      for (const socket of sockets) socket.close();
      throw error;
    }
    return new Echo(site, sockets, port, events);
  }

  setPeers(peers: EchoPeers): void {
    this.#asker.setPeers(peers);
    this.#responder.setPeers(peers);
    this.#schedule();
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await Promise.all(
      this.#sockets.map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))),
    );
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const wait = this.#asker.wait(performance.now());
    if (wait !== undefined) this.#timer = setTimeout(() => this.#ask(), Math.ceil(wait));
  }

  #ask(): void {
    const now = performance.now();
    const question = this.#asker.ask(this.#events.coordinate(), now, randomBytes(8), Math.random());
    if (question) this.#send(question.bytes, question.addresses);
    this.#schedule();
  }

  #send(bytes: Buffer, addresses: readonly string[]): void {
    for (const address of addresses) {
      const family = isIPv6(address) ? 'IPv6' : 'IPv4';
      const socket = this.#sockets.find((one) => one.address().family === family);
      if (!socket) continue;
      socket.send(bytes, this.#port, address, () => {});
      return;
    }
  }

  #take(socket: Socket, bytes: Buffer, address: string, port: number): void {
    const now = performance.now();
    const echoed = this.#asker.take(bytes, now);
    if (echoed) {
      this.#events.echoed(echoed, now, Math.random());
      return;
    }
    const answer = port === 0 ? undefined : this.#responder.answer(bytes, this.#events.coordinate(), now);
    if (answer) socket.send(answer, port, address, () => {});
  }
}
