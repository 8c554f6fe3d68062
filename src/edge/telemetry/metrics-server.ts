import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '../../lib/log.ts';
import { contentType } from '../../lib/metrics/text.ts';
import type { Endpoint } from '../listen/endpoint.ts';
import { HttpServer } from '../listen/http-server.ts';

/** A scraper needs one. */
const limits = { connections: 16, perClient: 16 };

/**
 * Serves nothing but `/metrics`, and works only when somebody asks. Several that ask at once get the same answer. Where it
 * cannot listen it says so, and whoever is measured goes on without.
 * @param text what there is to be seen now
 */
export async function serveMetrics(
  endpoint: Endpoint,
  text: () => Promise<string>,
  log: Log,
): Promise<HttpServer | undefined> {
  let underWay: Promise<string> | undefined;
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    if (request.url?.split('?')[0] !== '/metrics' || !['GET', 'HEAD'].includes(request.method ?? '')) {
      response.writeHead(404).end('There is nothing but /metrics.\n');
      return;
    }
    try {
      underWay ??= text().finally(() => {
        underWay = undefined;
      });
      const body = await underWay;
      response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-store' });
      response.end(request.method === 'HEAD' ? undefined : body);
    } catch (error) {
      log.error({ error: String(error) }, 'request for metrics failed with an internal error');
      response.writeHead(500).end();
    }
  };
  try {
    const server = await HttpServer.open(endpoint, answer, limits);
    log.info(server.endpoint, 'metrics are served');
    return server;
  } catch (error) {
    log.error(
      { code: 'ERR_EDGE_LISTEN', ...endpoint, error: (error as Error).message },
      'metrics are not served',
    );
    return undefined;
  }
}
