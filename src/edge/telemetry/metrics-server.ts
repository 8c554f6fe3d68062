import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Log } from '../../lib/log.ts';
import type { Endpoint } from '../dns/endpoint.ts';
import { contentType } from './text.ts';

/** Connections at a time: a scraper needs one. */
const connectionsAtMost = 16;

/** Serves nothing but `/metrics`, and works only when somebody asks. Several that ask at once get the same answer. */
export class MetricsServer {
  readonly #server: Server;
  #underWay: Promise<string> | undefined;

  /**
   * Listens where it is told. Where it cannot it says so, and whoever is measured goes on without.
   * @param text what there is to be seen now
   */
  static async open(
    { address, port }: Endpoint,
    text: () => Promise<string>,
    log: Log,
  ): Promise<MetricsServer | undefined> {
    const server = new MetricsServer(text, log);
    const listening = new Promise<void>((resolve, reject) => {
      server.#server.once('error', reject).listen(port, address, resolve);
    });
    try {
      await listening;
      log.info(server.endpoint, 'metrics are served');
      return server;
    } catch (error) {
      log.error(
        { code: 'ERR_EDGE_LISTEN', address, port, error: (error as Error).message },
        'metrics are not served',
      );
      return undefined;
    }
  }

  private constructor(text: () => Promise<string>, log: Log) {
    const answer: RequestListener = async (request, response) => {
      if (request.url?.split('?')[0] !== '/metrics' || !['GET', 'HEAD'].includes(request.method ?? '')) {
        response.writeHead(404).end('There is nothing but /metrics.\n');
        return;
      }
      try {
        this.#underWay ??= text().finally(() => {
          this.#underWay = undefined;
        });
        const body = await this.#underWay;
        response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-store' });
        response.end(request.method === 'HEAD' ? undefined : body);
      } catch (error) {
        log.error({ error: String(error) }, 'metrics met a defect');
        response.writeHead(500).end();
      }
    };
    this.#server = createServer(answer);
    this.#server.maxConnections = connectionsAtMost;
    // Nobody goes on only to be measured.
    this.#server.unref();
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
