import type { Socket } from 'node:net';
import type { Server } from 'node:tls';
import { type ConnectionLimits, clientAt, FairConnections } from './fair-connections.ts';

/** The connections to a TLS server over which nobody has shown a certificate yet, shared among clients. */
export class Handshakes {
  readonly #connections: FairConnections<Socket>;

  constructor(server: Server, limits: ConnectionLimits) {
    this.#connections = new FairConnections(limits);
    // What is secure is another socket than what came.
    const waiting = new Map<string, Socket>();
    server.on('connection', (socket: Socket) => {
      const peer = peerOf(socket);
      waiting.set(peer, socket);
      this.#connections.add(socket, clientAt(socket.remoteAddress));
      socket.once('close', () => waiting.delete(peer));
    });
    server.on('secureConnection', (socket) => {
      const before = waiting.get(peerOf(socket));
      if (before) this.#connections.release(before);
    });
  }

  /** Ends all of them. */
  end(): void {
    for (const socket of this.#connections.all()) socket.destroy();
  }
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
