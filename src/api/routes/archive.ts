import type { Readable } from 'node:stream';
import type { FastifyPluginAsync } from 'fastify';
import type { ArchivePlace } from '../handling.ts';
import type { NodeService } from '../node-service.ts';

const tar = 'application/x-tar';
const querystring = {
  type: 'object',
  required: ['service', 'path'],
  additionalProperties: false,
  properties: {
    service: { type: 'string', minLength: 1, maxLength: 255 },
    container: { type: 'string', minLength: 1, maxLength: 255 },
    index: { type: 'integer', minimum: 1 },
    path: { type: 'string', minLength: 1, maxLength: 4096 },
    followLink: { type: 'boolean' },
  },
} as const;

/** What stands at the path, as JSON in base64, beside its archive: as the engines' own API tells it. */
const statHeader = 'heddle-path-stat';

/** Files of containers, as tar archives that pass through as they come: neither side is kept in memory. */
export function archiveRoutes(node: NodeService): FastifyPluginAsync {
  return async (server) => {
    server.addContentTypeParser(tar, (_request, payload, done) => done(null, payload));
    const url = '/v1/applications/:project/archive';
    server.get<{ Params: { project: string }; Querystring: ArchivePlace }>(
      url,
      { schema: { querystring } },
      async ({ params, query }, reply) => {
        const { stat, archive } = await node.readArchive(params.project, query);
        reply.header(statHeader, Buffer.from(JSON.stringify(stat)).toString('base64')).type(tar);
        return reply.send(archive);
      },
    );
    server.get<{ Params: { project: string }; Querystring: ArchivePlace }>(
      `${url}/stat`,
      { schema: { querystring } },
      async ({ params, query }) => node.statPath(params.project, query),
    );
    server.put<{ Params: { project: string }; Querystring: ArchivePlace; Body: Readable }>(
      url,
      { schema: { querystring }, bodyLimit: Number.MAX_SAFE_INTEGER },
      async ({ params, query, body }) => {
        await node.writeArchive(params.project, query, body);
        return {};
      },
    );
  };
}
