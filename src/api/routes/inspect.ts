import type { FastifyPluginAsync } from 'fastify';
import type { NodeService } from '../node-service.ts';

const querystring = {
  type: 'object',
  properties: { services: { type: 'array', items: { type: 'string' } } },
} as const;

/** What was declared of each container, and what is observed. */
export function inspectRoutes(node: NodeService): FastifyPluginAsync {
  return async (server) => {
    server.get<{ Params: { project: string }; Querystring: { services?: string[] } }>(
      '/v1/applications/:project/inspect',
      { schema: { querystring } },
      async ({ params, query }) => node.inspect(params.project, query.services ?? []),
    );
  };
}
