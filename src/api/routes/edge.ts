import type { FastifyPluginAsync } from 'fastify';
import type { NodeService } from '../node-service.ts';
import { sendLines } from '../stream.ts';

export function edgeRoutes(node: NodeService): FastifyPluginAsync {
  return async (server) => {
    const base = '/v1/edge/services';
    server.get(base, async (_request, reply) => node.edgeServices(untilGone(reply.raw)));
    server.get(`${base}/follow`, (_request, reply) =>
      sendLines(reply, node.followEdgeServices(untilGone(reply.raw))),
    );
  };
}

/** Aborts when who asked goes away. */
function untilGone(raw: NodeJS.EventEmitter): AbortSignal {
  const gone = new AbortController();
  raw.on('close', () => gone.abort());
  return gone.signal;
}
