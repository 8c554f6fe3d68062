import type { FastifyPluginAsync } from 'fastify';
import type { NodeService } from '../node-service.ts';

const querystring = { type: 'object', properties: { since: { type: 'integer' } } } as const;

export function costRoutes(node: NodeService): FastifyPluginAsync {
  return async (server) => {
    server.get<{ Params: { project: string }; Querystring: { since?: number } }>(
      '/v1/applications/:project/cost',
      { schema: { querystring } },
      async ({ params, query }) => node.cost(params.project, query.since ?? 0),
    );
  };
}
