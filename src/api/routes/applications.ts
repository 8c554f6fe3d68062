import type { FastifyPluginAsync } from 'fastify';
import { checkedSpec } from '../checks.ts';
import type { DownRequest, ServicesRequest, UpRequest } from '../messages.ts';
import type { NodeService } from '../node-service.ts';
import { sendLines, sendOperation } from '../stream.ts';

interface Project {
  readonly project: string;
}

const services = { type: 'array', items: { type: 'string' } } as const;
const upBody = {
  type: 'object',
  required: ['spec'],
  properties: {
    spec: { type: 'object', required: ['project', 'pods', 'images', 'networks', 'volumes', 'features'] },
    build: { type: 'boolean' },
    start: services,
  },
} as const;
const downBody = { type: 'object', properties: { volumes: { type: 'boolean' } } } as const;
const logsQuery = {
  type: 'object',
  properties: {
    services,
    follow: { type: 'boolean' },
    tail: { type: 'integer', minimum: 0 },
    since: { type: 'number' },
    until: { type: 'number' },
    index: { type: 'integer', minimum: 1 },
    timestamps: { type: 'boolean' },
  },
} as const;

/** Operations answer with a JSON line an event, and go on when the client goes away. */
export function applicationRoutes(node: NodeService): FastifyPluginAsync {
  return async (server) => {
    const base = '/v1/applications';
    server.get(base, async () => node.summaries());
    server.get<{ Params: Project; Querystring: ServicesRequest }>(
      `${base}/:project`,
      { schema: { querystring: { type: 'object', properties: { services } } } },
      async ({ params, query }) => node.status(params.project, query.services ?? []),
    );

    server.post<{ Params: Project; Body: UpRequest }>(
      `${base}/:project/plan`,
      { schema: { body: upBody } },
      async ({ params, body }) => node.plan(checkedSpec(body.spec, params.project), body.build === true),
    );
    server.post<{ Params: Project; Body: UpRequest }>(
      `${base}/:project/up`,
      { schema: { body: upBody } },
      async ({ params, body }, reply) => {
        const request = { ...body, spec: checkedSpec(body.spec, params.project) };
        await sendOperation(reply, (report) => node.up(request, report));
      },
    );
    server.post<{ Params: Project; Body: DownRequest }>(
      `${base}/:project/down`,
      { schema: { body: downBody } },
      ({ params, body }, reply) =>
        sendOperation(reply, (report) => node.down(params.project, body.volumes === true, report)),
    );
    for (const verb of ['stop', 'start', 'restart'] as const) {
      server.post<{ Params: Project; Body: ServicesRequest }>(
        `${base}/:project/${verb}`,
        { schema: { body: { type: 'object', properties: { services } } } },
        ({ params, body }, reply) =>
          sendOperation(reply, (report) => node[verb](params.project, body.services ?? [], report)),
      );
    }

    server.get<{ Params: Project; Querystring: Parameters<NodeService['logs']>[1] }>(
      `${base}/:project/logs`,
      { schema: { querystring: logsQuery } },
      ({ params, query }, reply) => {
        const gone = new AbortController();
        reply.raw.on('close', () => gone.abort());
        return sendLines(
          reply,
          node.logs(params.project, { ...query, services: query.services ?? [] }, gone.signal),
        );
      },
    );
  };
}
