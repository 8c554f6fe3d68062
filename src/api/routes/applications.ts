import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import { toHeddleError } from '../../lib/errors.ts';
import type { DownRequest, OperationEvent, ServicesRequest, UpRequest } from '../messages.ts';
import { toMessage } from '../messages.ts';
import type { NodeService } from '../node-service.ts';
import { sendLines } from '../stream.ts';

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
  },
} as const;
const flowsQuery = {
  type: 'object',
  properties: {
    since: { type: 'integer' },
    until: { type: 'integer' },
    filter: { type: 'string', maxLength: 4096 },
    services,
    limit: { type: 'integer', minimum: 1, maximum: 100_000 },
  },
} as const;
const logsQuery = {
  type: 'object',
  properties: {
    services,
    follow: { type: 'boolean' },
    tail: { type: 'integer', minimum: 0 },
    since: { type: 'number' },
    timestamps: { type: 'boolean' },
  },
} as const;

/** Operations answer with a JSON line an event, and go on when the client goes away. */
export function applicationRoutes(node: NodeService): FastifyPluginAsync {
  return async (server) => {
    const base = '/v1/applications';
    server.get(base, async () => node.summaries());
    server.get<{ Params: Project }>(`${base}/:project`, async ({ params }) => node.status(params.project));

    server.post<{ Body: UpRequest }>(
      `${base}/:project/plan`,
      { schema: { body: upBody } },
      async ({ body }) => node.plan(body.spec, body.build === true),
    );
    server.post<{ Body: UpRequest }>(`${base}/:project/up`, { schema: { body: upBody } }, ({ body }, reply) =>
      operation(reply, (report) => node.up(body.spec, body.build === true, report)),
    );
    server.post<{ Params: Project; Body: DownRequest }>(`${base}/:project/down`, ({ params, body }, reply) =>
      operation(reply, (report) => node.down(params.project, body.volumes === true, report)),
    );
    for (const verb of ['stop', 'start', 'restart'] as const) {
      server.post<{ Params: Project; Body: ServicesRequest }>(
        `${base}/:project/${verb}`,
        { schema: { body: { type: 'object', properties: { services } } } },
        ({ params, body }, reply) =>
          operation(reply, (report) => node[verb](params.project, body.services ?? [], report)),
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
    server.get<{ Params: Project; Querystring: Parameters<NodeService['flows']>[1] }>(
      `${base}/:project/flows`,
      { schema: { querystring: flowsQuery } },
      async ({ params, query }) => node.flows(params.project, query),
    );
  };
}

async function operation(
  reply: FastifyReply,
  work: (report: (event: OperationEvent) => void) => Promise<void>,
): Promise<void> {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, { 'content-type': 'application/x-ndjson' });
  // Whoever asked may be gone; the work goes on all the same.
  const report = (event: OperationEvent) => void (raw.writable && raw.write(`${JSON.stringify(event)}\n`));
  raw.on('error', () => {});
  try {
    await work(report);
    report({ type: 'finished' });
  } catch (cause) {
    report({ type: 'error', error: toMessage(toHeddleError(cause)) });
  }
  raw.end();
}
