import type { FastifyPluginAsync } from 'fastify';
import type { Figure, FlowQuery } from '../../monitor/flows/record.ts';
import type { NodeService } from '../node-service.ts';
import { sendLines } from '../stream.ts';

const window = {
  since: { type: 'integer' },
  until: { type: 'integer' },
  filter: { type: 'string', maxLength: 4096 },
  services: { type: 'array', items: { type: 'string' } },
  raw: { type: 'boolean' },
} as const;
const limit = { type: 'integer', minimum: 1, maximum: 100_000 } as const;
const by = { enum: ['bytes', 'packets', 'flows'], default: 'bytes' } as const;

interface Route {
  Params: { project: string };
  Querystring: FlowQuery;
}

export function flowsRoutes(node: NodeService): FastifyPluginAsync {
  return async (server) => {
    const base = '/v1/applications/:project/flows';
    server.get<Route>(
      base,
      { schema: { querystring: { type: 'object', properties: { ...window, limit } } } },
      async ({ params, query }) => node.flows(params.project, query),
    );
    server.get<Route & { Querystring: { by: Figure } }>(
      `${base}/top`,
      { schema: { querystring: { type: 'object', properties: { ...window, limit, by } } } },
      async ({ params, query }) => node.topTalkers(params.project, query),
    );
    server.get<Route>(
      `${base}/follow`,
      { schema: { querystring: { type: 'object', properties: window } } },
      ({ params, query }, reply) => {
        const gone = new AbortController();
        reply.raw.on('close', () => gone.abort());
        return sendLines(reply, node.followFlows(params.project, query, gone.signal));
      },
    );
  };
}
