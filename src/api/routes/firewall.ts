import type { FastifyPluginAsync } from 'fastify';
import type { NodeService } from '../node-service.ts';

const querystring = {
  type: 'object',
  properties: { services: { type: 'array', items: { type: 'string' } }, since: { type: 'integer' } },
} as const;

export function firewallRoutes(node: NodeService): FastifyPluginAsync {
  return async (server) => {
    server.get<{ Params: { project: string }; Querystring: { services?: string[]; since?: number } }>(
      '/v1/applications/:project/firewall',
      { schema: { querystring } },
      async ({ params, query }) => node.firewall(params.project, query.services ?? [], query.since),
    );
    server.get<{ Params: { project: string }; Querystring: { services?: string[]; since?: number } }>(
      '/v1/applications/:project/firewall/suggestions',
      { schema: { querystring } },
      async ({ params, query }) =>
        node.suggestFirewall(params.project, query.services ?? [], query.since ?? 0),
    );
  };
}
