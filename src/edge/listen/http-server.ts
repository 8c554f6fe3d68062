import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Endpoint } from './endpoint.ts';
import { type ConnectionLimits, clientAt, FairConnections } from './fair-connections.ts';

/** Milliseconds for the head of a request, for all of it, and between two; what is served here is asked for in one packet. */
const times = {
  headersTimeout: 5000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5000,
  connectionsCheckingInterval: 1000,
};

/** An HTTP server that is there until it is closed, whoever is still connected then. */
export class HttpServer {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /**
   * @param limits a new connection is taken all the same, and another makes room
   * @throws Error when it cannot listen there
   */
  static open(
    { address, port }: Endpoint,
    listener: RequestListener,
    limits: ConnectionLimits,
  ): Promise<HttpServer> {
    const connections = new FairConnections<Socket>(limits);
    const server = createServer(times, (request, response) => {
      connections.used(request.socket);
      // Nobody is waited for who goes on sending what is of no use.
      if ('content-length' in request.headers || 'transfer-encoding' in request.headers)
        response.shouldKeepAlive = false;
      return listener(request, response);
    });
    server.on('connection', (socket) => connections.add(socket, clientAt(socket.remoteAddress)));
    return new Promise((resolve, reject) => {
      server.once('error', reject).listen(port, address, () => resolve(new HttpServer(server)));
    });
  }

  get endpoint(): Endpoint {
    const { address, port } = this.#server.address() as AddressInfo;
    return { address, port };
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
