import { chmodSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import type { RequestListener, Server } from 'node:http';
import path from 'node:path';
import { type FastifyInstance, type FastifyReply, fastify } from 'fastify';
import { isListening } from '../engines/docker-api/endpoint.ts';
import { httpStatusOf } from '../lib/error-codes.ts';
import { HeddleError, toHeddleError } from '../lib/errors.ts';
import { type Contract, type Route, route } from './contract.ts';
import { toMessage, unknownRoute } from './messages.ts';
import { openapiContract } from './openapi/contract.ts';
import { registerRoutes } from './register.ts';

/** The largest specification taken: a thousand services are under 10 MB. */
const bodyLimit = 64 * 1024 * 1024;

/** Routes, and what they are answered from. */
export interface Group {
  readonly contracts: readonly Contract[];
  readonly register: (server: FastifyInstance) => void;
}

/** @param bodyLimit bytes of a request to one of them; absent: as of the others */
export function group<Host>(routes: readonly Route<Host>[], host: Host, bodyLimit?: number): Group {
  return {
    contracts: routes.map(({ contract }) => contract),
    register: (server) => registerRoutes(server, routes, host, bodyLimit),
  };
}

/** The node's API: all its routes, and their description. */
export function createServer(...groups: readonly Group[]): FastifyInstance {
  return createServerOver(bodyLimit, groups);
}

/**
 * The same over a server of one's own.
 * @param most bytes of a request
 */
export function createServerOver(
  most: number,
  groups: readonly Group[],
  serverFactory?: (handler: RequestListener) => Server,
): FastifyInstance {
  const server = fastify({
    bodyLimit: most,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 256 },
    // What no route is looked for, as it is written.
    frameworkErrors: ({ message, statusCode = 400 }, _request, reply: FastifyReply) => {
      const why = `the path cannot be read: ${message.slice(0, 300)}`;
      void reply.code(statusCode).send(toMessage(new HeddleError('ERR_USAGE', why)));
    },
    ...(serverFactory && { serverFactory }),
  });
  server.setErrorHandler((cause, { routeOptions }, reply) => {
    const error = fromFastify(cause, routeOptions.bodyLimit);
    const { statusCode } = cause as { statusCode?: number };
    const isTheirs = error.code === 'ERR_USAGE' && statusCode !== undefined && statusCode < 500;
    void reply.code(isTheirs ? statusCode : httpStatusOf(error.code)).send(toMessage(error));
  });
  server.setNotFoundHandler((request, reply) => {
    void reply.code(404).send(toMessage(unknownRoute(`${request.method} ${request.url}`)));
  });
  const contracts = [openapiContract, ...groups.flatMap((one) => one.contracts)];
  const describing = route(openapiContract, async (all: readonly Contract[]) => {
    // Nobody asks for it as a rule: what makes it is loaded when somebody does.
    const { describeApi } = await import('./openapi/document.ts');
    return describeApi(all);
  });
  for (const one of [...groups, group([describing], contracts)]) one.register(server);
  return server;
}

/** Listens on a Unix socket that only root can open (0600), in a folder that only root can enter. */
export async function listen(server: FastifyInstance, socket: string): Promise<void> {
  mkdirSync(path.dirname(socket), { recursive: true, mode: 0o700 });
  await removeFormer(socket);
  const before = process.umask(0o177);
  try {
    await server.listen({ path: socket });
  } finally {
    process.umask(before);
  }
  chmodSync(socket, 0o600);
}

/**
 * Takes the socket of a node that has ended out of the way, and nothing else.
 * @throws HeddleError ERR_NODE_RUNNING when somebody listens there, ERR_USAGE for a file that is no socket
 */
async function removeFormer(socket: string): Promise<void> {
  const there = lstatSync(socket, { throwIfNoEntry: false });
  if (!there) return;
  if (!there.isSocket()) {
    throw new HeddleError('ERR_USAGE', `${socket} is there already, and is no socket`, {
      hint: 'give the node another --socket; what is there was left alone',
    });
  }
  if (await isListening({ socketPath: socket }))
    throw new HeddleError('ERR_NODE_RUNNING', `another node listens at ${socket}`);
  rmSync(socket);
}

/** What fastify itself refuses is the client's fault: a body that is no JSON, is too long, or of another kind. */
function fromFastify(cause: unknown, most: number): HeddleError {
  const { code, message, statusCode } = cause as FastifyFault;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new HeddleError('ERR_USAGE', `a request has at most ${most / 2 ** 20} MiB`, { cause });
  const isTheirs = !(cause instanceof HeddleError) && statusCode !== undefined && statusCode < 500;
  return isTheirs ? new HeddleError('ERR_USAGE', message, { cause }) : toHeddleError(cause);
}

interface FastifyFault {
  readonly code?: string;
  readonly message: string;
  readonly statusCode?: number;
}
