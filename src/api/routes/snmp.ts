import type { FastifyPluginAsync } from 'fastify';
import type { ObjectChange, ObjectQuery, SnmpView } from '../../monitor/snmp/record.ts';
import type { NodeService } from '../node-service.ts';

interface Project {
  readonly project: string;
}

const text = { type: 'string', minLength: 1, maxLength: 512 } as const;
const list = { type: 'array', items: text, maxItems: 1000 } as const;
const view = { type: 'string', enum: ['system', 'interfaces', 'processes', 'resources'] } as const;

/** What the agents of services answer. */
export function snmpRoutes(node: NodeService): FastifyPluginAsync {
  return async (server) => {
    const base = '/v1/applications/:project/snmp';
    server.get<{ Params: Project & { view: SnmpView }; Querystring: { services?: string[] } }>(
      `${base}/view/:view`,
      {
        schema: {
          params: { type: 'object', properties: { view } },
          querystring: { type: 'object', properties: { services: list } },
        },
      },
      async ({ params, query }) => node.snmp(params.project, params.view, query.services ?? []),
    );
    server.get<{ Params: Project; Querystring: ObjectQuery }>(
      `${base}/objects`,
      {
        schema: {
          querystring: {
            type: 'object',
            required: ['service', 'verb', 'objects'],
            properties: {
              service: text,
              verb: { type: 'string', enum: ['get', 'walk'] },
              objects: { ...list, minItems: 1 },
            },
          },
        },
      },
      async ({ params, query }) => node.snmpObjects(params.project, query),
    );
    server.post<{ Params: Project; Body: ObjectChange }>(
      `${base}/objects`,
      {
        schema: {
          body: {
            type: 'object',
            required: ['service', 'object', 'value'],
            properties: { service: text, object: text, value: { type: 'string', maxLength: 255 } },
          },
        },
      },
      async ({ params, body }) => node.snmpSet(params.project, body),
    );
  };
}
