import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestHost } from '../../support/host.ts';
import { root } from '../../support/installed.ts';
import { tiny } from '../../support/tiny.ts';
import { until } from '../../support/until.ts';

const example = path.join(root, 'examples/template/catalogue');
const text = (request: string) =>
  `services: { web: { ${tiny}, init: true, stop_grace_period: 1s, x-heddle: { manage: { ${request} } } } }`;

describe('a template of the user’s own', () => {
  const host = new TestHost({ HEDDLE_CATALOGUE: example });
  let project: string[];
  /** The last line that the agent printed. */
  const said = () => host.podman('logs', '--tail', '1', 'cmtemplate-web-1.connections.watch');
  /** A copy of the example with one change in its template. */
  const changed = (name: string, before: string, after: string): string => {
    const folder = path.join(host.folder, name);
    cpSync(example, folder, { recursive: true });
    const file = path.join(folder, 'templates/connections.yaml');
    const template = readFileSync(file, 'utf8');
    expect(template).toContain(before);
    writeFileSync(file, template.replace(before, after));
    return folder;
  };

  beforeAll(() => {
    host.image('localhost/heddle/connections');
    project = host.project('cmtemplate', text('connections: { every: 1 }'));
  });
  afterAll(() => host.remove());

  test('is listed with its parameters', async () => {
    const features = await host.json<{ feature: string; agents: unknown }[]>('features');
    expect(features.find(({ feature }) => feature === 'connections')).toMatchObject({
      agents: [{ name: 'watch', sharing: 'network', capabilities: [] }],
      file: path.join(example, 'templates/connections.yaml'),
    });
    expect(JSON.parse(await host.ok('features', 'connections'))).toMatchObject({
      properties: { every: { type: 'integer', default: 10 } },
    });
  });

  test('is built, and works beside the service', async () => {
    await host.ok('up', ...project);
    await until('the agent counts', () => said() === 'cmtemplate-web-1 0 open');
    await host.ok('exec', ...project, '-d', 'web', 'nc', '-l', '-p', '9000');
    await host.ok(
      'exec',
      ...project,
      '-d',
      'web',
      'sh',
      '-c',
      'tail -f /dev/null | until nc 127.0.0.1 9000; do sleep 0.1; done',
    );
    // Both ends of the connection are in this namespace.
    await until('the agent counts the connection', () => said() === 'cmtemplate-web-1 2 open');
    expect((await host.heddle('up', ...project)).stderr).toBe('cmtemplate is as its file says\n');
  });

  test('comes and goes while the service runs', async () => {
    const before = host.lifeOf('cmtemplate-web-1');
    host.project('cmtemplate', text(''));
    await host.ok('up', ...project);
    expect(() => said()).toThrow();
    host.project('cmtemplate', text('connections: true'));
    await host.ok('up', ...project);
    await until('the agent counts', () => said().startsWith('cmtemplate-web-1 '));
    expect(host.lifeOf('cmtemplate-web-1')).toBe(before);
  });

  test('has its parameters checked, with their place', async () => {
    host.project('cmtemplate', text('connections: { evry: 1 }'));
    const { code, stderr } = await host.heddle('plan', ...project);
    expect(code).toBe(1);
    expect(stderr).toMatch(/cmtemplate\.yaml:1:\d+: error ERR_FEATURE_PARAMETER: .*did you mean "every"/);
    host.project('cmtemplate', text('connections: true'));
  });

  test('that is broken is refused, with its place', async () => {
    const folder = changed('broken', 'sharing: network', 'sharing: everything');
    const { code, stderr } = await host.heddle('plan', ...project, '--catalogue', folder);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^\S+broken\/templates\/connections\.yaml:17:14: error ERR_TEMPLATE_INVALID: agents\.watch\.sharing: .*"network\+pid"/,
    );
    const yaml = changed('unreadable', 'agents:', 'agents: [');
    const unreadable = await host.heddle('plan', ...project, '--catalogue', yaml);
    expect(unreadable.stderr).toMatch(/connections\.yaml:\d+:\d+: error ERR_YAML_SYNTAX/);
    const nowhere = await host.heddle('plan', ...project, '--catalogue', '/nowhere');
    expect(nowhere).toMatchObject({ code: 1, stderr: expect.stringContaining('ERR_FILE_NOT_FOUND') });
  });

  test('that asks for rights over the host is refused, unless it is trusted by name', async () => {
    const folder = changed(
      'privileged',
      'sharing: network',
      'sharing: network\n    capabilities: [SYS_PTRACE]',
    );
    const given = [...project, '--catalogue', folder];
    for (const more of [[], ['--allow-privileged-template', 'flows']]) {
      const { code, stderr } = await host.heddle('up', ...given, ...more);
      expect(code).toBe(1);
      expect(stderr).toContain(
        'error ERR_TEMPLATE_PRIVILEGED: the template connections asks for the capability SYS_PTRACE',
      );
    }
    expect(host.podman('inspect', 'cmtemplate-web-1.connections.watch')).not.toContain('SYS_PTRACE');
    await host.ok('up', ...given, '--allow-privileged-template', 'connections');
    expect(host.podman('inspect', 'cmtemplate-web-1.connections.watch')).toContain('SYS_PTRACE');
  });
});
