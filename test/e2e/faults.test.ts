import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NodeClient } from '../../src/api/client.ts';
import type { ContainerStatus } from '../../src/api/messages.ts';
import { isHeddleError } from '../../src/lib/errors.ts';
import type { DeploymentSpec } from '../../src/selector/spec.ts';
import { type Outcome, TestHost } from '../support/host.ts';
import { tiny } from '../support/tiny.ts';
import { until } from '../support/until.ts';

/** One message that has the code, no trace, and exit code 1. */
function expectError(outcome: Outcome, code: string): string {
  expect(outcome.stderr).toContain(code);
  expect(outcome.stderr).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
  expect(outcome.stderr).not.toContain('ERR_INTERNAL');
  expect(outcome.code).toBe(1);
  return outcome.stderr;
}

describe('a port that another program has', () => {
  const host = new TestHost();
  afterAll(() => host.remove());

  test('is named, the rest runs, and the same command ends well when the port is free', async () => {
    const project = host.project(
      'insport',
      `services: { web: { ${tiny}, init: true, ports: ["127.0.0.1:18391:80"] }, other: { ${tiny}, init: true } }`,
    );
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(18391, '127.0.0.1', resolve));
    const said = expectError(await host.heddle('up', ...project), 'ERR_PORT_IN_USE');
    expect(said).toContain('127.0.0.1:18391');
    expect(host.podman('ps', '--format', '{{.Names}}').split('\n')).toContain('insport-other-1');
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
  never: { image: "localhost:1/never:2", pull_policy: never }
  db: { ${tiny}, init: true }`,
    );
    const said = expectError(await host.heddle('up', ...project), 'ERR_IMAGE_MISSING');
    expect(said).toContain('localhost:1/nowhere:1');
    expect(said).toContain('localhost:1/never:2 is not present, and its pull_policy is never');
    await host.ok('down', ...project);
    expect(host.leftovers('insimage')).toEqual([]);
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

describe('a full disk', () => {
  const host = new TestHost();
  const disk = path.join(host.folder, 'state');
  const filling = path.join(disk, 'filling');
  let project: string[];
  beforeAll(() => {
    mkdirSync(disk, { recursive: true });
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m,mode=700', 'tmpfs', disk]);
    if (mounted.status !== 0) throw new Error(String(mounted.stderr));
  });
  afterAll(async () => {
    rmSync(filling, { force: true });
    await host.heddle('down', '-p', 'insfull', '--volumes');
    const pid = await host.nodePid().catch(() => undefined);
    if (pid !== undefined) {
      process.kill(pid, 'SIGTERM');
      await until('the node has stopped', async () => !(await host.nodePid().catch(() => undefined)));
    }
    spawnSync('umount', ['--lazy', disk]);
    await host.remove();
  });
  const text = (features: string) =>
    `services: { web: { ${tiny}, init: true, x-heddle: { manage: { ${features} } } } }`;
  const fill = () => spawnSync('dd', ['if=/dev/zero', `of=${filling}`, 'bs=4096']);
  const names = async () =>
    (await host.json<ContainerStatus[]>('ps', ...project)).map(({ name }) => name).sort();

  test('ends an operation with a clear error, and nothing that was there is lost', async () => {
    project = host.project('insfull', text('flows: true'));
    await host.ok('up', ...project);
    const before = await names();
    fill();
    host.project('insfull', text('flows: true, snmp: true'));
    expect(expectError(await host.heddle('up', ...project), 'ERR_DISK_FULL')).toContain(disk);
    expect(await names()).toEqual(before);
    const state = await host.json<ContainerStatus[]>('ps', ...project);
    expect(state.every((container) => container.state === 'running')).toBe(true);
  });

  test('lets a node start that was killed, once there is space, and it knows what it knew', async () => {
    await host.killNode();
    await host.heddle('up', ...project);
    rmSync(filling);
    await host.ok('up', ...project);
    expect(await names()).toContain('insfull-web-1.snmp.agent');
    expect(await host.json('plan', ...project)).toEqual([]);
  });
});

describe('state that is damaged', () => {
  const host = new TestHost();
  const file = path.join(host.stateDir, 'state.db');
  const backup = path.join(host.folder, 'backup.db');
  let project: string[];
  const running = () => host.podman('ps', '--format', '{{.Names}}').split('\n');
  beforeAll(async () => {
    project = host.project(
      'insstate',
      `services: { web: { ${tiny}, init: true, x-heddle: { manage: { flows: true } } } }`,
    );
    await host.ok('up', ...project);
    // Stopped in order, so that one file has everything.
    process.kill(await host.nodePid(), 'SIGTERM');
    await until('the node has stopped', async () => !(await host.nodePid().catch(() => undefined)));
    copyFileSync(file, backup);
  });
  afterAll(() => host.remove());

  test.each([
    ['is no database', () => writeFileSync(file, 'x'.repeat(20_000))],
    ['has a page overwritten', () => writeFileSync(file, readFileSync(backup).fill(0xa5, 4096))],
    ['is empty', () => writeFileSync(file, '')],
  ])('stops the node, which names the file, when it %s', async (_, damage) => {
    damage();
    const said = expectError(await host.heddle('up', ...project), 'ERR_STATE');
    expect(said).toContain(file);
    // Not touched: somebody may still get something out of it. And what runs goes on.
    expect(running()).toEqual(expect.arrayContaining(['insstate-web-1', 'insstate-web-1.flows.probe']));
  });

  test('can be put back from a backup, or begun afresh, with the same application', async () => {
    copyFileSync(backup, file);
    expect(await host.ok('up', ...project)).toBe('');
    expect(await host.json('plan', ...project)).toEqual([]);
    await host.killNode();
    rmSync(file);
    rmSync(`${file}-wal`, { force: true });
    const before = host.podman('inspect', 'insstate-web-1', '--format', '{{.Id}}');
    await host.ok('up', ...project);
    expect(host.podman('inspect', 'insstate-web-1', '--format', '{{.Id}}')).toBe(before);
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
    const service = Number(readFileSync(`${host.runDir}/podman.pid`, 'utf8'));
    let [done, ended] = [0, 'well'];
    try {
      for await (const event of client.up({ spec })) {
        if (event.type === 'done' && ++done === step) process.kill(service, 'SIGKILL');
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
    expect(outcomes.map(({ code }) => code)).toEqual([0, 0]);
    const plans = await Promise.all(files.map((file) => host.json<unknown[]>('plan', ...file)));
    expect(plans.filter((plan) => plan.length === 0)).toHaveLength(1);
  });
});
