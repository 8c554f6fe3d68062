import { chmodSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type FastifyInstance, fastify } from 'fastify';
import type { ErrorCode } from '../lib/error-codes.ts';
import { HeddleError, toHeddleError } from '../lib/errors.ts';
import { toMessage } from './messages.ts';
import type { NodeService } from './node-service.ts';
import { registerRoutes } from './routes/index.ts';

/** The largest specification taken: a thousand services are under 10 MB. */
const bodyLimit = 64 * 1024 * 1024;

/** The node's API. Each group of routes is a plugin. */
export async function createServer(service: NodeService): Promise<FastifyInstance> {
  const server = fastify({ bodyLimit, forceCloseConnections: true });
  server.setErrorHandler((cause, _request, reply) => {
    const error = fromFastify(cause);
    void reply.code(statusOf(error.code)).send(toMessage(error));
  });
  server.setNotFoundHandler((request, reply) => {
    const error = new HeddleError('ERR_USAGE', `the API has no ${request.method} ${request.url}`);
    void reply.code(404).send(toMessage(error));
  });
  await registerRoutes(server, service);
  return server;
}

/** Listens on a Unix socket that only root can open (0600), in a folder that only root can enter. */
export async function listen(server: FastifyInstance, socket: string): Promise<void> {
  mkdirSync(path.dirname(socket), { recursive: true, mode: 0o700 });
  if (existsSync(socket)) rmSync(socket);
  const before = process.umask(0o177);
  try {
    await server.listen({ path: socket });
  } finally {
    process.umask(before);
  }
  chmodSync(socket, 0o600);
}

function fromFastify(cause: unknown): HeddleError {
  const { validation, message } = cause as { validation?: unknown; message: string };
  return validation ? new HeddleError('ERR_USAGE', message, { cause }) : toHeddleError(cause);
}

function statusOf(code: ErrorCode): number {
  if (code === 'ERR_PROJECT_UNKNOWN' || code === 'ERR_SERVICE_UNKNOWN') return 404;
  if (code === 'ERR_INTERNAL') return 500;
  return code.startsWith('ERR_ENGINE') ? 502 : 400;
}
