import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Endpoint } from './dns/endpoint.ts';

/** An HTTP server that is there until it is closed, whoever is still connected then. */
export class HttpServer {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /**
   * @param connections at a time
   * @throws Error when it cannot listen there
   */
  static open(
    { address, port }: Endpoint,
    listener: RequestListener,
    connections = Number.POSITIVE_INFINITY,
  ): Promise<HttpServer> {
    const server = createServer(listener);
    server.maxConnections = connections;
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
