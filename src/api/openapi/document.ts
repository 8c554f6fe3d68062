import { type FastifyInstance, fastify } from 'fastify';
import { version } from '../../lib/version.ts';
import { errorMessage } from './application.ts';
import { routes } from './routes.ts';
import type { Schema } from './shape.ts';

/**
 * The API as an OpenAPI 3.1 document. It is made of a server of its own that never listens, when somebody asks for it:
 * a node that nobody asks loads nothing of this. `register` gives it its routes, which are described and never called.
 */
export async function describeApi(register: (server: FastifyInstance) => Promise<void>): Promise<object> {
  const { default: swagger } = await import('@fastify/swagger');
  const server = fastify();
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Heddle',
        version: version(),
        description: 'The API of a node, on its Unix socket. Commands are its clients.',
      },
      components: { schemas: { Error: errorMessage } },
      servers: [{ url: 'http://localhost', description: 'curl --unix-socket /run/heddle/node.sock' }],
    },
    transform: ({ schema, url, route }) => ({
      schema: described(schema, `${route.method} ${path(url)}`),
      url,
    }),
  });
  await register(server);
  await server.ready();
  const document = server.swagger();
  await server.close();
  return document;
}

/** Adds to what a route says of its requests what it answers with. */
function described(request: unknown, route: string): Schema {
  const description = routes[route];
  const asked = (request ?? {}) as Schema;
  if (!description) return asked;
  const { summary, answer, type = 'application/json' } = description;
  return {
    ...asked,
    summary,
    response: {
      200: { description: 'done', content: { [type]: { schema: answer } } },
      default: {
        description: 'an error',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  };
}

/** `/v1/applications/:project` as OpenAPI writes it. */
function path(url: string): string {
  return url.replace(/:([A-Za-z]+)/g, '{$1}');
}
