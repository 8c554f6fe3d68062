import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { HttpServer } from '../listen/http-server.ts';
import { type ChallengeAnswers, challengePath, relayedHeader } from './certificate-source.ts';

/** All are the proxy's, each for one request. */
const limits = { connections: 1024, perClient: 1024 };

/**
 * Gives the help page to proxies on this host: with 200 for `/`, with 404 for all else but what an authority asks for
 * before it issues a certificate.
 * @param page the page as it is now, for a host that it was asked of
 */
export function openHelpServer(
  page: (host: string) => string,
  challenges?: ChallengeAnswers,
): Promise<HttpServer> {
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url?.split('?')[0] ?? '';
    if (challenges && path.startsWith(challengePath)) {
      const token = path.slice(challengePath.length);
      const isRelayed = request.headers[relayedHeader] !== undefined;
      const found = await challenges.answer(token, isRelayed, clientOf(request));
      response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/octet-stream' });
      response.end(found);
      return;
    }
    response.writeHead(path === '/' ? 200 : 404, {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    });
    response.end(request.method === 'HEAD' ? undefined : page(request.headers.host ?? ''));
  };
  return HttpServer.open({ address: '127.0.0.1', port: 0 }, answer, limits);
}

/** Who asks the proxy: it says so itself, behind what another one may have said. */
function clientOf({ headers }: IncomingMessage): string | undefined {
  const said =
    String(headers['x-forwarded-for'] ?? '')
      .split(',')
      .at(-1)
      ?.trim() ?? '';
  return isIP(said) ? said : undefined;
}
