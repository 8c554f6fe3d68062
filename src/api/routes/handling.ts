import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import type { EventsQuery, KillRequest, RmRequest, StatsQuery } from '../handling.ts';
import type { ServicesRequest } from '../messages.ts';
import type { NodeService } from '../node-service.ts';
import { sendLines, sendOperation } from '../stream.ts';

interface Project {
  readonly project: string;
}

/** Every list and text that a client sends has a limit. */
const services = { type: 'array', items: { type: 'string', maxLength: 255 }, maxItems: 10_000 } as const;
const ofServices = { type: 'object', properties: { services }, additionalProperties: false } as const;
const seconds = { type: 'number', minimum: 0 } as const;
const signal = { type: 'string', pattern: '^([Ss][Ii][Gg])?[A-Za-z0-9]{1,8}([+-][0-9]{1,2})?$' } as const;
const kill = { ...ofServices, properties: { services, signal } } as const;
const rm = { ...ofServices, properties: { services, volumes: { type: 'boolean' } } } as const;
const events = { ...ofServices, properties: { services, since: seconds, until: seconds } } as const;
const stats = { ...ofServices, properties: { services, follow: { type: 'boolean' } } } as const;

/** What is done with single services and containers. */
export function handlingRoutes(node: NodeService): FastifyPluginAsync {
  return async (server) => {
    const base = '/v1/applications/:project';
    server.post<{ Params: Project; Body: KillRequest }>(
      `${base}/kill`,
      { schema: { body: kill } },
      ({ params, body }, reply) => sendOperation(reply, (report) => node.kill(params.project, body, report)),
    );
    server.post<{ Params: Project; Body: RmRequest }>(
      `${base}/rm`,
      { schema: { body: rm } },
      ({ params, body }, reply) => sendOperation(reply, (report) => node.rm(params.project, body, report)),
    );
    for (const verb of ['pause', 'unpause'] as const) {
      server.post<{ Params: Project; Body: ServicesRequest }>(
        `${base}/${verb}`,
        { schema: { body: ofServices } },
        ({ params, body }, reply) =>
          sendOperation(reply, (report) => node[verb](params.project, body.services ?? [], report)),
      );
    }
    server.get<{ Params: Project; Querystring: ServicesRequest }>(
      `${base}/top`,
      { schema: { querystring: ofServices } },
      async ({ params, query }) => node.top(params.project, query.services ?? []),
    );
    server.get<{ Params: Project; Querystring: ServicesRequest }>(
      `${base}/wait`,
      { schema: { querystring: ofServices } },
      ({ params, query }, reply) =>
        sendLines(reply, node.wait(params.project, query.services ?? [], goneWith(reply))),
    );
    server.get<{ Params: Project; Querystring: Partial<EventsQuery> }>(
      `${base}/events`,
      { schema: { querystring: events } },
      ({ params, query }, reply) => {
        const asked = { ...query, services: query.services ?? [] };
        return sendLines(reply, node.events(params.project, asked, goneWith(reply)));
      },
    );
    server.get<{ Params: Project; Querystring: Partial<StatsQuery> }>(
      `${base}/stats`,
      { schema: { querystring: stats } },
      ({ params, query }, reply) => {
        const asked = { services: query.services ?? [], follow: query.follow === true };
        return sendLines(reply, node.stats(params.project, asked, goneWith(reply)));
      },
    );
  };
}

/** Aborts when the client goes away: what it was told ends with it. */
function goneWith(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.on('close', () => gone.abort());
  return gone.signal;
}
