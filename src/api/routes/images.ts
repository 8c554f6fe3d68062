import type { FastifyPluginAsync } from 'fastify';
import type { BuildRequest, ServicesRequest } from '../messages.ts';
import type { NodeService } from '../node-service.ts';
import { sendOperation } from '../stream.ts';

const services = { type: 'array', items: { type: 'string' } } as const;
const body = {
  type: 'object',
  required: ['images', 'wanted'],
  properties: {
    images: { type: 'object', additionalProperties: { type: 'object', required: ['kind'] } },
    wanted: { type: 'array', items: { type: 'string' } },
    noCache: { type: 'boolean' },
  },
} as const;

export function imageRoutes(node: NodeService): FastifyPluginAsync {
  return async (server) => {
    server.get<{ Params: { project: string }; Querystring: ServicesRequest }>(
      '/v1/applications/:project/images',
      { schema: { querystring: { type: 'object', properties: { services } } } },
      async ({ params, query }) => node.images(params.project, query.services ?? []),
    );
    server.post<{ Body: BuildRequest }>('/v1/images/build', { schema: { body } }, (request, reply) =>
      sendOperation(reply, (report) => node.buildImages(request.body, report)),
    );
  };
}
