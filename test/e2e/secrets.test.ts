import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { TestHost } from '../support/host.ts';
import { tiny } from '../support/tiny.ts';

describe('secrets', () => {
  const host = new TestHost();
  afterAll(() => host.remove());

  test('are in no output but where they are asked for', async () => {
    const secrets = `services:
  web: { ${tiny}, init: true, stop_grace_period: 1s, environment: { DB_PASSWORD: cm-hidden-1 }, configs: [site] }
configs: { site: { content: cm-hidden-2 } }`;
    const project = host.project('cmsecrets', secrets);
    // What a config says is no secret.
    expect(await host.ok('config', ...project)).toMatch(/^(?!.*cm-hidden-1).*content: cm-hidden-2/s);
    for (const command of [['spec'], ['spec', '--format', 'json'], ['plan', '--format', 'json']]) {
      expect(await host.ok(...command, ...project), command.join(' ')).not.toContain('cm-hidden');
    }
    expect(await host.ok('spec', ...project, '--show-secrets')).toMatch(/cm-hidden-1.*cm-hidden-2/s);

    const spec = JSON.parse(await host.ok('spec', ...project, '--show-secrets', '--format', 'json'));
    const file = path.join(host.folder, 'request.json');
    writeFileSync(file, JSON.stringify({ spec }));
    for (const verb of ['plan', 'up']) {
      const { stdout } = await host.run('curl', [
        ...['-s', '--unix-socket', `${host.runDir}/node.sock`, '-H', 'content-type: application/json'],
        ...['-d', `@${file}`, `http://node/v1/applications/cmsecrets/${verb}`],
      ]);
      expect(stdout).toContain('createContainer cmsecrets-web-1');
      expect(stdout).not.toContain('cm-hidden');
    }
    expect(await host.ok('exec', ...project, 'web', 'sh', '-c', 'echo $DB_PASSWORD; cat /site')).toBe(
      'cm-hidden-1\ncm-hidden-2',
    );
    expect(host.nodeLog()).not.toContain('cm-hidden');
    expect(host.podman('inspect', 'cmsecrets-web-1', '--format', '{{json .Config.Labels}}')).not.toContain(
      'cm-hidden',
    );
  });
});
