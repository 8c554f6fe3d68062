import type { FastifyPluginAsync } from 'fastify';
import { HeddleError } from '../../lib/errors.ts';
import { isImageReference } from '../../lib/names.ts';
import type { BuildRequest, ServicesRequest, TransferRequest } from '../messages.ts';
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
    anew: { type: 'boolean' },
  },
} as const;

const transfer = {
  type: 'object',
  required: ['wanted'],
  additionalProperties: false,
  properties: {
    wanted: { type: 'array', items: { type: 'string', maxLength: 1000 }, maxItems: 10_000 },
    missing: { type: 'boolean' },
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
    for (const [verb, work] of [
      ['pull', 'pullImages'],
      ['push', 'pushImages'],
    ] as const) {
      server.post<{ Body: TransferRequest }>(
        `/v1/images/${verb}`,
        { schema: { body: transfer } },
        (request, reply) => {
          expectReferences(request.body.wanted);
          return sendOperation(reply, (report) => node[work](request.body, report));
        },
      );
    }
  };
}

/** @throws HeddleError ERR_USAGE for what names no image */
function expectReferences(references: readonly string[]): void {
  const wrong = references.find((reference) => !isImageReference(reference));
  if (wrong !== undefined) throw new HeddleError('ERR_USAGE', `"${wrong.slice(0, 100)}" names no image`);
}
