import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { specOf } from '../../test/support/compose.ts';
import { doorRoutes } from '../doors/doors.ts';
import { featureRoutes } from '../features/index.ts';
import { HeddleError } from '../lib/errors.ts';
import { mayBeAbsent } from '../lib/schema.ts';
import * as z from '../lib/zod.ts';
import { specification } from './checks.ts';
import type { Contract, Route } from './contract.ts';
import { routes } from './routes/index.ts';
import { networkRoutes, switchRoutes } from './routes/networks.ts';
import { createServer, group } from './server.ts';
import { targetOf } from './target.ts';

const all = [
  ...routes,
  ...networkRoutes,
  ...switchRoutes,
  ...featureRoutes,
  ...doorRoutes,
] as readonly Route<unknown>[];
const contracts = all.map(({ contract }) => contract);
const spec = specOf('services: { web: { image: nginx } }');

/** What came through to who answers. */
let reached: unknown[] = [];
const answering: object = new Proxy(
  {},
  {
    get: () => (project: unknown, inputs: unknown) => {
      if (typeof inputs === 'object' && inputs !== null && Symbol.asyncIterator in inputs)
        return consumed(inputs as AsyncIterable<unknown>);
      reached.push(project);
      throw new HeddleError('ERR_PROJECT_UNKNOWN', 'nothing runs here');
    },
  },
);
const networking = {
  networks: answering,
  endpoints: () => answering,
  traffic: answering,
  switch: Reflect.get(answering, 'switch'),
};
const archetypes = () => [reached.push('archetypes')];

async function* consumed(inputs: AsyncIterable<unknown>): AsyncGenerator {
  for await (const input of inputs) yield reached.push(input);
}

interface Said {
  readonly params?: Record<string, string>;
  readonly query?: Record<string, unknown>;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

let server: ReturnType<typeof createServer>;
beforeAll(() => {
  server = createServer(
    group([...routes, ...featureRoutes, ...doorRoutes] as readonly Route<unknown>[], answering),
    group(networkRoutes, { networking, archetypes } as never),
    group(switchRoutes, { networking } as never),
  );
});
beforeEach(() => {
  reached = [];
});
afterAll(() => server.close());

async function answerTo({ route, takes }: Contract, said: Said) {
  const [method = '', path = ''] = route.split(' ');
  const { body } = said;
  const types = { lines: 'application/x-ndjson', archive: 'application/x-tar' };
  return server.inject({
    method: method as 'GET',
    url: targetOf(path, said),
    headers: {
      ...(body !== undefined && { 'content-type': takes ? types[takes] : 'application/json' }),
      ...said.headers,
    },
    ...(body !== undefined && { payload: takes === 'archive' ? 'tar' : `${JSON.stringify(body)}\n` }),
  });
}

/** The least that a schema takes. */
function example(schema: z.core.$ZodType): unknown {
  if ((schema as unknown) === specification) return spec;
  if (schema instanceof z.ZodObject) return exampleOf(schema);
  if (schema instanceof z.ZodUnion) return example(schema.options[0] as z.ZodType);
  if (schema instanceof z.ZodRecord) return {};
  if (schema instanceof z.ZodLiteral) return [...schema.values][0];
  if (schema instanceof z.ZodEnum) return schema.options[0];
  if (schema instanceof z.ZodArray) return [example(schema.element as z.ZodType)];
  if (schema instanceof z.ZodNullable) return null;
  if (schema instanceof z.ZodString && schema.meta()?.['format'] === 'date-time')
    return '2026-01-01T00:00:00Z';
  if (schema instanceof z.ZodNumber) return 1;
  if (schema instanceof z.ZodIPv4) return '192.0.2.1';
  if (schema instanceof z.ZodString && isAbsolute(schema)) return '/shop';
  return schema instanceof z.ZodBoolean ? true : 'shop';
}

function isAbsolute({ def }: z.ZodString): boolean {
  return def.checks?.some(({ _zod }) => (_zod.def as { prefix?: string }).prefix === '/') === true;
}

function exampleOf({ shape }: z.ZodObject): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(shape)
      .filter(([, field]) => !mayBeAbsent(field))
      .map(([name, field]) => [name, example(field)]),
  );
}

function right({ params, query, body }: Contract): Said {
  return {
    ...(params && { params: exampleOf(params) as Record<string, string> }),
    ...(query && { query: exampleOf(query) }),
    ...(body && { body: example(body) }),
  };
}

/** The objects that a body may be. */
function formsOf(body: z.ZodType): z.ZodObject[] {
  if (body instanceof z.ZodObject) return [body];
  return body instanceof z.ZodDiscriminatedUnion ? (body.options as z.ZodObject[]) : [];
}

function wrongPaths(contract: Contract): [string, Said][] {
  const good = right(contract);
  return Object.entries(contract.params?.shape ?? {}).flatMap(([name, field]) =>
    // Some names have letters of both cases, and more of them.
    ['../etc', 'a/b', ...['Shop', 'x'.repeat(200)].filter((value) => !z.safeParse(field, value).success)].map(
      (value): [string, Said] => [
        `${name}=${value.slice(0, 20)}`,
        { ...good, params: { ...good.params, [name]: value } },
      ],
    ),
  );
}

function wrongHeaders(contract: Contract): [string, Said][] {
  return Object.keys(contract.headers?.shape ?? {}).map((name) => [
    `header ${name}`,
    { ...right(contract), headers: { [name]: 'x'.repeat(5000) } },
  ]);
}

/** Requests that differ from a right one in one thing. */
function wrongRequests(contract: Contract): [string, Said][] {
  const good = right(contract);
  const { query = z.strictObject({}), body } = contract;
  const wrong = [...wrongPaths(contract), ...wrongHeaders(contract)];
  if (contract.sends !== 'text')
    wrong.push(['query.unknown', { ...good, query: { ...good.query, unknown: 'x' } }]);
  for (const [name, field] of Object.entries(query.shape as z.ZodRawShape)) {
    const without = { ...good.query };
    delete without[name];
    if (name in (good.query ?? {})) wrong.push([`without query.${name}`, { ...good, query: without }]);
    // No parameter is so long, and what is a number or one of some words is no such text.
    wrong.push([`query.${name}`, { ...good, query: { ...good.query, [name]: '\u0000'.repeat(5000) } }]);
    if (!z.safeParse(field, ['a', 'b']).success)
      wrong.push([`query.${name} twice`, { ...good, query: { ...good.query, [name]: ['1', '1'] } }]);
  }
  if (!body || contract.takes === 'archive') return wrong;
  for (const odd of [[], 5, 'text', null])
    wrong.push([`body ${JSON.stringify(odd)}`, { ...good, body: odd }]);
  for (const form of formsOf(body)) {
    const whole = exampleOf(form);
    wrong.push(['body.unknown', { ...good, body: { ...whole, unknown: 1 } }]);
    for (const [name, field] of Object.entries(form.shape)) {
      const { [name]: _left, ...rest } = whole;
      if (name in whole) wrong.push([`without body.${name}`, { ...good, body: rest }]);
      const odd = z.safeParse(field, {}).success ? 5 : {};
      wrong.push([`body.${name}`, { ...good, body: { ...whole, [name]: odd } }]);
    }
  }
  return wrong;
}

describe.each(contracts.map((contract) => [contract.route, contract] as const))('%s', (_route, contract) => {
  test('says what each parameter of its path is', () => {
    const named = [...contract.route.matchAll(/:(\w+)/g)].map(([, name]) => name);
    expect(Object.keys(contract.params?.shape ?? {})).toEqual(named);
  });

  test('carries out what is right', async () => {
    const { statusCode } = await answerTo(contract, right(contract));
    expect(reached).toHaveLength(1);
    expect(statusCode).not.toBe(400);
  });

  test.each(wrongRequests(contract))('refuses %s', async (_what, said) => {
    const answer = await answerTo(contract, said);
    // Of lines, the first is read when the answer has begun.
    const told = answer.statusCode === 200 ? answer.json().error : answer.json();
    expect({ code: told?.code, reached }).toEqual({ code: 'ERR_USAGE', reached: [] });
    if (contract.takes !== 'lines') expect(answer.statusCode).toBe(400);
  });
});

test.each([
  ['%ff', 400],
  ['x'.repeat(300), 414],
])('a path that no route is looked for is refused as all others are: %s', async (name, status) => {
  const answer = await server.inject({ method: 'GET', url: `/v1/networks/${name}` });
  expect(answer.statusCode).toBe(status);
  expect(answer.json()).toMatchObject({ code: 'ERR_USAGE', message: expect.stringContaining('the path') });
});

test('what nests without end is refused, before anybody follows it', async () => {
  const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
  const answer = await server.inject({
    method: 'POST',
    url: '/v1/networks',
    headers: { 'content-type': 'application/json', 'idempotency-key': 'k' },
    payload: `{"name":"lab","archetype":"ip","options":${deep}}`,
  });
  expect(answer.statusCode).toBe(400);
  expect(answer.json()).toMatchObject({ code: 'ERR_USAGE', message: expect.stringContaining('nested') });
  expect(reached).toEqual([]);
});

test('every text and list of a request has a limit', () => {
  const unlimited = (schema: unknown, where: string): string[] => {
    if (typeof schema !== 'object' || schema === null) return [];
    const { type, maxLength, pattern, maxItems, ...rest } = schema as Record<string, unknown>;
    const own =
      (type === 'string' && !('enum' in rest || 'const' in rest) && (maxLength ?? pattern) === undefined) ||
      (type === 'array' && maxItems === undefined)
        ? [where]
        : [];
    return [...own, ...Object.entries(rest).flatMap(([key, one]) => unlimited(one, `${where}.${key}`))];
  };
  const found = contracts.flatMap(({ route, query, headers, body, takes }) =>
    [query, headers, takes === 'archive' ? undefined : body].flatMap((schema) => {
      if (!schema) return [];
      const { $defs, ...shown } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
      return unlimited(shown, route);
    }),
  );
  expect(found).toEqual([]);
});
