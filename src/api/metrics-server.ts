import { isIP } from 'node:net';
import { type FastifyInstance, fastify } from 'fastify';
import { HeddleError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { expectLoopback } from '../lib/loopback.ts';
import type { NodeService } from './node-service.ts';
import { registerRoutes } from './register.ts';
import { metricsRoutes } from './routes/node.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * `127.0.0.1:9850`, `[::1]:9850`, or `off`. Only the loopback: nothing there asks who comes.
 * @throws HeddleError ERR_USAGE
 */
export function metricsAddress(text: string): Address | undefined {
  if (text === 'off') return undefined;
  const [, host = '', port = ''] = /^\[?([^\]]*?)\]?:(\d+)$/.exec(text) ?? [];
  if (isIP(host) !== 0 && Number(port) < 65536) {
    expectLoopback(host);
    return { host, port: Number(port) };
  }
  throw new HeddleError('ERR_USAGE', `"${text}" is no address`, { hint: 'write 127.0.0.1:9850, or off' });
}

/** Serves nothing but `/metrics`. A port that is taken is logged, and no reason for the node not to run. */
export class MetricsServer {
  readonly #log: Log;
  #server: FastifyInstance | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  async start({ host, port }: Address, service: Pick<NodeService, 'metrics'>): Promise<void> {
    const server = fastify({ forceCloseConnections: true });
    registerRoutes(server, metricsRoutes, service);
    try {
      await server.listen({ host, port });
      this.#server = server;
    } catch (error) {
      this.#log.warn({ host, port, error: (error as Error).message }, 'metrics are on the socket only');
      await server.close();
    }
  }

  /** Where Prometheus finds it; null while nothing is served. */
  get url(): string | null {
    const address = this.#server?.server.address();
    if (!address || typeof address === 'string') return null;
    const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
    return `http://${host}:${address.port}/metrics`;
  }

  async stop(): Promise<void> {
    await this.#server?.close();
  }
}
