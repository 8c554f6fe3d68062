import type { FastifyPluginAsync } from 'fastify';
import type { NodeService } from '../node-service.ts';

export function metricsRoutes(node: Pick<NodeService, 'metrics'>): FastifyPluginAsync {
  return async (server) => {
    server.get('/metrics', async (_request, reply) => {
      const text = await node.metrics();
      return reply.type('text/plain; version=0.0.4; charset=utf-8').send(text);
    });
  };
}
