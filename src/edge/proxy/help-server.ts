import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Endpoint } from '../dns/endpoint.ts';
import { type ChallengeAnswers, challengePath, relayedHeader } from './certificate-source.ts';

/**
 * Gives the help page to proxies on this host: with 200 for `/`, with 404 for all else but what an authority asks for
 * before it issues a certificate.
 */
export class HelpServer {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @param page the page as it is now, for a host that it was asked of */
  static open(page: (host: string) => string, challenges?: ChallengeAnswers): Promise<HelpServer> {
    const server = createServer(async (request, response) => {
      const path = request.url?.split('?')[0] ?? '';
      if (challenges && path.startsWith(challengePath)) {
        const token = path.slice(challengePath.length);
        const answer = await challenges.answer(token, request.headers[relayedHeader] !== undefined);
        response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/octet-stream' });
        response.end(answer);
        return;
      }
      response.writeHead(path === '/' ? 200 : 404, {
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      });
      response.end(request.method === 'HEAD' ? undefined : page(request.headers.host ?? ''));
    });
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', () => resolve(new HelpServer(server)));
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
