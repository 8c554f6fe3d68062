import type { FastifyPluginAsync } from 'fastify';
import { checkedSpec } from '../checks.ts';
import type { DownRequest, ServicesRequest, UpRequest } from '../messages.ts';
import type { NodeService } from '../node-service.ts';
import { sendLines, sendOperation } from '../stream.ts';

interface Project {
  readonly project: string;
}

const services = { type: 'array', items: { type: 'string' } } as const;
const flag = { type: 'boolean' } as const;
const timeout = { type: 'integer', minimum: 0, maximum: 3_600_000_000 } as const;
const upBody = {
  type: 'object',
  required: ['spec'],
  properties: {
    spec: { type: 'object', required: ['project', 'pods', 'images', 'networks', 'volumes', 'features'] },
    services,
    inactive: services,
    empty: services,
    recreate: { enum: ['force', 'never'] },
    timeout,
    ...Object.fromEntries(
      (
        [
          'build',
          'noDeps',
          'recreateDeps',
          'renewVolumes',
          'removeOrphans',
          'noStart',
          'named',
          'detach',
        ] as const
      ).map((name) => [name, flag]),
    ),
  },
} as const;
const downBody = {
  type: 'object',
  properties: {
    volumes: flag,
    images: { enum: ['local', 'all'] },
    services,
    removeOrphans: flag,
    timeout,
    file: {
      type: 'object',
      required: ['dir', 'files', 'services', 'named'],
      properties: { dir: { type: 'string' }, files: services, services, named: flag },
    },
  },
} as const;
const servicesBody = { type: 'object', properties: { services, timeout, noDeps: flag } } as const;
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

/** Operations answer with a JSON line an event, and end with their client unless they were detached. */
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
      async ({ params, body }) => node.plan({ ...body, spec: checkedSpec(body.spec, params.project) }),
    );
    server.post<{ Params: Project; Body: UpRequest }>(
      `${base}/:project/up`,
      { schema: { body: upBody } },
      async ({ params, body }, reply) => {
        const request = { ...body, spec: checkedSpec(body.spec, params.project) };
        await sendOperation(reply, (report, gone) => node.up(request, report, gone));
      },
    );
    server.post<{ Params: Project; Body: DownRequest }>(
      `${base}/:project/down`,
      { schema: { body: downBody } },
      ({ params, body }, reply) =>
        sendOperation(reply, (report, gone) => node.down(params.project, body, report, gone)),
    );
    for (const verb of ['stop', 'start', 'restart'] as const) {
      server.post<{ Params: Project; Body: ServicesRequest }>(
        `${base}/:project/${verb}`,
        { schema: { body: servicesBody } },
        ({ params, body }, reply) =>
          sendOperation(reply, (report, gone) => node[verb](params.project, body, report, gone)),
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
