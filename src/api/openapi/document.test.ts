import { describe, expect, test } from 'vitest';
import { doorRoutes } from '../../doors/doors.ts';
import { featureRoutes } from '../../features/index.ts';
import type { Contract } from '../contract.ts';
import { routes } from '../routes/index.ts';
import { networkRoutes, switchRoutes } from '../routes/networks.ts';
import { createServer, group } from '../server.ts';
import { openapiContract } from './contract.ts';
import { describeApi } from './document.ts';

const contracts: readonly Contract[] = [
  openapiContract,
  ...[...routes, ...networkRoutes, ...switchRoutes, ...featureRoutes, ...doorRoutes].map(
    ({ contract }) => contract,
  ),
];

interface Document {
  readonly openapi: string;
  readonly paths: Record<
    string,
    Record<
      string,
      {
        summary?: string;
        parameters: { name: string; in: string; required: boolean; schema: object }[];
        responses: Record<string, unknown>;
      }
    >
  >;
  readonly components: { readonly schemas: Record<string, object> };
}

describe('the description of the API', () => {
  const document = describeApi(contracts) as unknown as Document;

  test('has every route once', () => {
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    );
    expect(described.sort()).toEqual(contracts.map(({ route }) => route).sort());
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
    const { parameters } = document.paths['/v1/applications/{project}/flows/top']!['get']!;
    expect(parameters).toContainEqual({
      name: 'by',
      in: 'query',
      required: false,
      schema: { type: 'string', enum: ['bytes', 'packets', 'flows'], default: 'bytes' },
    });
    expect(parameters).toContainEqual(
      expect.objectContaining({ name: 'project', in: 'path', required: true }),
    );
    expect(JSON.stringify(document.paths['/v1/applications/{project}/up'])).toContain('"requestBody"');
  });

  test('refers to nothing that it does not have', () => {
    const referred = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, to]) => to);
    const there = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
    expect(there).toEqual(expect.arrayContaining(referred));
    expect(referred).toContain('#/components/schemas/LatencyRecord');
  });

  test('is what the API answers with', async () => {
    const server = createServer(
      group(routes, {} as never),
      group(networkRoutes, {} as never),
      group(switchRoutes, {} as never),
      group(featureRoutes, {} as never),
      group(doorRoutes, {} as never),
    );
    const answer = await server.inject('/openapi.json');
    expect([answer.statusCode, answer.json()]).toEqual([200, JSON.parse(JSON.stringify(document))]);
  });
});
