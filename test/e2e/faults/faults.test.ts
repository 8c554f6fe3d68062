import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NodeClient } from '../../../src/api/client.ts';
import { isHeddleError } from '../../../src/lib/errors.ts';
import type { DeploymentSpec } from '../../../src/selector/spec.ts';
import { expectError } from '../../support/expect-error.ts';
import { TestHost } from '../../support/host.ts';
import { tiny } from '../../support/tiny.ts';
import { until } from '../../support/until.ts';

describe('a port that another program has', () => {
  const host = new TestHost();
  afterAll(() => host.remove());

  test('is named before anything is made, and the same command ends well when the port is free', async () => {
    const project = host.project(
      'insport',
      `services: { web: { ${tiny}, init: true, ports: ["127.0.0.1:18391:80"] }, other: { ${tiny}, init: true } }`,
    );
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(18391, '127.0.0.1', resolve));
    const said = expectError(await host.heddle('up', ...project), 'ERR_PORT_IN_USE');
    expect(said).toContain('127.0.0.1:18391');
    expect(host.leftovers('insport')).toEqual([]);
    await new Promise((resolve) => other.close(resolve));
    await host.ok('up', ...project);
    expect((await fetch('http://127.0.0.1:18391/')).ok).toBe(true);
  });
});

describe('an image that nobody has', () => {
  const host = new TestHost();
  afterAll(() => host.remove());

  test('is named, with every other one that is missing', async () => {
    const project = host.project(
      'insimage',
      `services:
  web: { image: "localhost:1/nowhere:1", init: true }
  api: { image: "localhost:1/nobody:2", init: true }
  db: { ${tiny}, init: true }`,
    );
    const said = expectError(await host.heddle('up', ...project), 'ERR_IMAGE_MISSING');
    expect(said).toContain('localhost:1/nowhere:1');
    expect(said).toContain('localhost:1/nobody:2');
    await host.ok('down', ...project);
    expect(host.leftovers('insimage')).toEqual([]);
  });

  test('is named before anything is made, if it is not to be pulled', async () => {
    const project = host.project(
      'insnever',
      `services:
  web: { image: "localhost:1/never:1", pull_policy: never }
  api: { image: "localhost:1/never:2", pull_policy: never }
  db: { ${tiny}, init: true }`,
    );
    const said = expectError(await host.heddle('up', ...project), 'ERR_IMAGE_MISSING');
    for (const image of ['localhost:1/never:1', 'localhost:1/never:2'])
      expect(said).toContain(`${image} is not present, and is neither to be pulled nor to be built`);
    expect(host.leftovers('insnever')).toEqual([]);
  });
});

describe('a template that cannot be used', () => {
  const host = new TestHost();
  const catalogue = path.join(host.folder, 'catalogue');
  const file = path.join(catalogue, 'templates', 'mine.yaml');
  let project: string[];
  const up = () => host.heddle('up', ...project, '--catalogue', catalogue);
  beforeAll(() => {
    mkdirSync(path.dirname(file), { recursive: true });
    project = host.project('instemplate', `services: { web: { ${tiny} } }`);
  });
  afterAll(() => host.remove());

  test('is named with the place of each error', async () => {
    writeFileSync(file, 'feature: mine\ntitle: [x\n');
    expect(expectError(await up(), 'ERR_YAML_SYNTAX')).toContain(`${file}:`);
    writeFileSync(
      file,
      'feature: mine\ntitle: 3\nscope: service\nagents: { a: { image: x, sharing: sideways } }\n',
    );
    const said = expectError(await up(), 'ERR_TEMPLATE_INVALID');
    expect(said).toContain(`${file}:2:8`);
    expect(said).toContain('agents.a.sharing');
  });

  test('is named when it cannot be read', async () => {
    rmSync(file);
    mkdirSync(file);
    expect(expectError(await up(), 'ERR_FILE_NOT_FOUND')).toContain(`the template ${file} cannot be read`);
    rmSync(catalogue, { recursive: true });
    expect(expectError(await up(), 'ERR_FILE_NOT_FOUND')).toContain(catalogue);
  });
});

describe('an engine that goes away in the middle of an operation', () => {
  const host = new TestHost();
  const project = host.project(
    'insengine',
    `services:
  web: { ${tiny}, init: true, depends_on: [db], x-heddle: { manage: { flows: true } } }
  db: { ${tiny}, init: true, x-heddle: { manage: { firewall: { ingress: [{ ports: ["80/tcp"], from: [web] }] } } } }`,
  );
  afterAll(() => host.remove());

  /** Ends the engine's service when so many steps are done; says how many there were, and how the operation ended. */
  const upUntilKilled = async (client: NodeClient, spec: DeploymentSpec, step: number) => {
    let [done, ended] = [0, 'well'];
    try {
      for await (const event of client.up({ spec })) {
        if (event.type === 'done' && ++done === step) host.killEngine();
        if (event.type === 'error') ended = event.error.code;
      }
    } catch (error) {
      ended = isHeddleError(error) ? error.code : String(error);
    }
    return { done, ended };
  };

  test('ends it with a clear error or lets it end, and the same command ends well', async () => {
    const spec = JSON.parse(await host.ok('spec', ...project, '--format', 'json')) as DeploymentSpec;
    await host.ok('up', ...project);
    await host.ok('down', ...project);
    const client = new NodeClient(`${host.runDir}/node.sock`);
    const total = (await client.plan({ spec })).steps.length;
    for (const step of [1, Math.floor(total / 3), Math.floor((2 * total) / 3)]) {
      const { done, ended } = await upUntilKilled(client, spec, step);
      expect(done).toBeGreaterThanOrEqual(step);
      expect(['well', 'ERR_ENGINE', 'ERR_ENGINE_GONE', 'ERR_STEP_FAILED', 'ERR_SERVICE_UNHEALTHY']).toContain(
        ended,
      );
      await until('the engine answers again', async () => (await host.heddle('ls')).code === 0);
      await host.ok('up', ...project);
      expect(await host.json('plan', ...project), `killed after step ${step}`).toEqual([]);
      await host.ok('down', ...project, '--volumes');
      expect(host.leftovers('insengine'), `killed after step ${step}`).toEqual([]);
    }
  });
});

describe('two different `up` of one project at once', () => {
  const host = new TestHost();
  afterAll(() => host.remove());

  test('queue: the end is what one of them says, whole', async () => {
    const plain = host.project('instwo', `services: { web: { ${tiny}, init: true } }`);
    const managed = path.join(host.folder, 'managed.yaml');
    writeFileSync(
      managed,
      `services: { web: { ${tiny}, init: true, x-heddle: { manage: { flows: true } } } }`,
    );
    const files = [plain, ['-p', 'instwo', '-f', managed]];
    const outcomes = await Promise.all(files.map((file) => host.heddle('up', ...file)));
    expect(outcomes.map(({ code, stderr }) => (code === 0 ? 0 : stderr))).toEqual([0, 0]);
    const plans = await Promise.all(files.map((file) => host.json<unknown[]>('plan', ...file)));
    expect(plans.filter((plan) => plan.length === 0)).toHaveLength(1);
  });
});
