import type { FastifyPluginAsync } from 'fastify';
import type { NodeService } from '../node-service.ts';

export function nodeRoutes(service: NodeService): FastifyPluginAsync {
  return async (server) => {
    server.get('/v1/node', async () => service.info());
  };
}
