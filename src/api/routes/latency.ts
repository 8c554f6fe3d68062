import type { FastifyPluginAsync } from 'fastify';
import type { LatencyQuery } from '../../monitor/latency/record.ts';
import type { NodeService } from '../node-service.ts';

const querystring = {
  type: 'object',
  properties: {
    since: { type: 'integer' },
    until: { type: 'integer' },
    from: { type: 'string' },
    to: { type: 'string' },
  },
} as const;

/** What the senders of the feature `latency` have measured. */
export function latencyRoutes(node: NodeService): FastifyPluginAsync {
  return async (server) => {
    server.get<{ Params: { readonly project: string }; Querystring: LatencyQuery }>(
      '/v1/applications/:project/latency',
      { schema: { querystring } },
      async ({ params, query }) => node.latency(params.project, query),
    );
  };
}
