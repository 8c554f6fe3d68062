import { fastify } from 'fastify';
import { describe, expect, test } from 'vitest';
import { HeddleError } from '../lib/errors.ts';
import { text } from '../lib/schema.ts';
import * as z from '../lib/zod.ts';
import { type Contract, route } from './contract.ts';
import { operationEvent } from './contracts/operation.ts';
import { registerRoutes } from './register.ts';

const json = {
  route: 'GET /json',
  summary: '',
  answer: z.object({ host: text }),
} as const satisfies Contract;
const lines = { route: 'GET /lines', summary: '', answer: text, sends: 'lines' } as const satisfies Contract;
const words = { route: 'GET /text', summary: '', answer: text, sends: 'text' } as const satisfies Contract;
const work = {
  route: 'POST /work',
  summary: '',
  body: z.strictObject({ fail: z.boolean().default(false) }),
  answer: operationEvent,
  sends: 'operation',
} as const satisfies Contract;

function serverOf() {
  const server = fastify();
  const routes = [
    route(json, (host: string) => ({ host })),
    route(words, (host: string) => host),
    route(lines, async function* (host: string) {
      yield host;
      throw new HeddleError('ERR_TIMEOUT', 'too late');
    }),
    route(work, async (_host: string, { body, report }) => {
      report({ type: 'started', step: 'a' });
      if (body.fail) throw new HeddleError('ERR_ENGINE', 'no');
    }),
  ];
  registerRoutes(server, routes, 'here');
  return server;
}

const parsed = (body: string) =>
  body
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as object);

describe('an answer is sent as its contract says', () => {
  test('as one JSON value', async () => {
    const answer = await serverOf().inject('/json');
    expect([answer.headers['content-type'], answer.json()]).toEqual([
      'application/json; charset=utf-8',
      { host: 'here' },
    ]);
  });

  test('as text, of the version that Prometheus reads', async () => {
    const answer = await serverOf().inject('/text');
    expect([answer.headers['content-type'], answer.body]).toEqual([
      'text/plain; version=0.0.4; charset=utf-8',
      'here',
    ]);
  });

  test('as a line each, the last of which says what ended them', async () => {
    const answer = await serverOf().inject('/lines');
    expect(answer.headers['content-type']).toBe('application/x-ndjson');
    expect(parsed(answer.body)).toMatchObject(['here', { error: { code: 'ERR_TIMEOUT' } }]);
  });

  test('as events to the end of some work, with defaults for what was not said', async () => {
    const post = (payload: object) => serverOf().inject({ method: 'POST', url: '/work', payload });
    expect(parsed((await post({})).body)).toEqual([{ type: 'started', step: 'a' }, { type: 'finished' }]);
    expect(parsed((await post({ fail: true })).body)).toMatchObject([
      { type: 'started' },
      { type: 'error', error: { code: 'ERR_ENGINE' } },
    ]);
  });
});
