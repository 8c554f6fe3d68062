import { createServer } from 'node:net';
import type { HeddleError } from '../../lib/errors.ts';
import { type Endpoint, listenError } from '../dns/endpoint.ts';

/** Why a port cannot be listened on; nothing when it can. */
export function whyNotFree(endpoint: Endpoint): Promise<HeddleError | undefined> {
  const { address: host, port } = endpoint;
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(listenError(error, endpoint, 'TCP', 'the proxy')));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
