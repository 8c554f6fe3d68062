import { fastify } from 'fastify';
import { beforeAll, describe, expect, test } from 'vitest';
import type { NodeService } from '../node-service.ts';
import { registerRoutes } from '../routes/index.ts';
import { describeApi } from './document.ts';
import { routes } from './routes.ts';

interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, { summary?: string; responses: Record<string, unknown> }>>;
}

describe('the description of the API', () => {
  let document: Document;
  beforeAll(async () => {
    document = (await describeApi((server) => registerRoutes(server, {} as NodeService))) as Document;
  });

  test('has every route that there is, and none that there is not', async () => {
    const there: string[] = [];
    const server = fastify({ exposeHeadRoutes: false });
    server.addHook('onRoute', ({ method, url }) => {
      there.push(`${method} ${url.replace(/:([A-Za-z]+)/g, '{$1}')}`);
    });
    await registerRoutes(server, {} as NodeService);
    await server.ready();
    // A route that is new stands in src/api/openapi/routes.ts, too.
    expect(Object.keys(routes).sort()).toEqual(there.sort());
  });

  test('says of each what it is for, what it answers, and how it fails', () => {
    expect(document.openapi).toBe('3.1.0');
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const [method, route] of Object.entries(methods)) {
        expect(route.summary, `${method} ${path}`).toBeTruthy();
        expect(Object.keys(route.responses), `${method} ${path}`).toEqual(['200', 'default']);
      }
    }
  });

  test('has what each takes', () => {
    const parameters = document.paths['/v1/applications/{project}/flows']?.['get'];
    expect(JSON.stringify(parameters)).toContain('"name":"filter"');
    expect(JSON.stringify(document.paths['/v1/applications/{project}/up'])).toContain('"requestBody"');
  });
});
