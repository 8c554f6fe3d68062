import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { specOf } from '../../test/support/compose.ts';
import type { ErrorCode } from '../lib/error-codes.ts';
import { HeddleError } from '../lib/errors.ts';
import type { NodeService } from './node-service.ts';
import { routes } from './routes/index.ts';
import { createServer, group, listen } from './server.ts';

const spec = specOf(
  'services: { web: { image: nginx, x-heddle: { manage: { flows: true, firewall: true } } } }',
);
const asked: string[] = [];
/** What goes wrong for whom. */
const failures: Readonly<Record<string, ErrorCode>> = {
  misspelt: 'ERR_PROJECT_UNKNOWN',
  twice: 'ERR_PROJECT_CLASH',
  damaged: 'ERR_STATE',
  silent: 'ERR_ENGINE_GONE',
};
const node = {
  plan: async ({ spec: { project } }: { spec: { project: string } }) => {
    asked.push(project);
    return { project, steps: [], warnings: [] };
  },
  status: async (project: string) => {
    asked.push(project);
    const code = failures[project];
    if (code) throw new HeddleError(code, 'as the test has it');
    return [];
  },
} as unknown as NodeService;

const serverOf = () => createServer(group(routes, node));

describe('what comes over the API', () => {
  let server: ReturnType<typeof createServer>;
  beforeAll(() => {
    server = serverOf();
  });
  afterAll(() => server.close());
  const plan = (body: unknown, project = 'shop') =>
    server.inject({
      method: 'POST',
      url: `/v1/applications/${encodeURIComponent(project)}/plan`,
      payload: body as object,
    });

  test('is carried out when it is what it should be', async () => {
    expect((await plan({ spec })).statusCode).toBe(200);
    expect(asked).toEqual(['shop']);
  });

  test.each([
    ['no JSON', '{"spec":', 'application/json', 400],
    ['another kind of content', 'x=1', 'application/x-www-form-urlencoded', 415],
    ['nothing', '', 'application/json', 400],
  ])('is the client’s fault when it is %s', async (_what, payload, type, status) => {
    const url = '/v1/applications/shop/plan';
    const answer = await server.inject({ method: 'POST', url, payload, headers: { 'content-type': type } });
    expect({ status: answer.statusCode, code: answer.json().code }).toEqual({ status, code: 'ERR_USAGE' });
  });

  test.each([
    ['misspelt', 404],
    ['twice', 409],
    ['damaged', 500],
    ['silent', 502],
  ])('is answered with whose fault it is: %s', async (project, status) => {
    const answer = await server.inject({ url: `/v1/applications/${project}` });
    expect({ status: answer.statusCode, code: answer.json().code }).toEqual({
      status,
      code: failures[project],
    });
  });

  test.each(['../../../etc', 'a/b', 'Shop', '%2e%2e', 'n'.repeat(129)])(
    'is refused for a project %j',
    async (project) => {
      const answer = await server.inject({ url: `/v1/applications/${encodeURIComponent(project)}` });
      expect({ status: answer.statusCode, code: answer.json().code }).toEqual({
        status: 400,
        code: 'ERR_USAGE',
      });
    },
  );

  const pod = spec.pods[0]!;
  test.each<[string, unknown]>([
    ['project', { ...spec, project: 5 }],
    ['project', { ...spec, project: '../../tmp/x' }],
    ['source', { ...spec, source: undefined }],
    ['pods', { ...spec, pods: 'x' }],
    ['pods.0', { ...spec, pods: [null] }],
    ['pods.0.name', { ...spec, pods: [{ ...pod, name: '../x' }] }],
    ['pods.0.service', { ...spec, pods: [{ ...pod, service: '..' }] }],
    ['networks.0.name', { ...spec, networks: [{ ...spec.networks[0], name: 'a/b' }] }],
    ['images', { ...spec, images: { '../x': { kind: 'registry', policy: 'missing' } } }],
  ])('is refused with the place of what is wrong: %s', async (where, wrong) => {
    const answer = await plan({ spec: wrong });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().message).toContain(`spec.${where}`);
  });

  test('is refused when the specification is of another project than the request', async () => {
    expect((await plan({ spec }, 'other')).json().message).toContain('shop');
  });
});

describe('the socket', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-socket-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('takes the place of no file that is not a socket', async () => {
    const file = path.join(folder, 'file');
    writeFileSync(file, 'precious');
    const server = serverOf();
    await expect(listen(server, file)).rejects.toMatchObject({ code: 'ERR_USAGE' });
    expect(readFileSync(file, 'utf8')).toBe('precious');
    await server.close();
  });

  test('of a node that listens is left to it; of one that has ended it is taken', async () => {
    const socket = path.join(folder, 'socket');
    const [first, second] = [serverOf(), serverOf()];
    await listen(first, socket);
    await expect(listen(second, socket)).rejects.toMatchObject({ code: 'ERR_NODE_RUNNING' });
    expect(existsSync(socket)).toBe(true);
    await Promise.all([first.close(), second.close()]);
  });
});
