import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { TestHost } from '../../support/host.ts';
import { tiny } from '../../support/tiny.ts';

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

  test('need their variable where containers are made, and nowhere else', async () => {
    const text = `services:
  web: { ${tiny}, init: true, stop_grace_period: 1s, secrets: [token], labels: { needed: "\${LABEL:?say which}" } }
secrets: { token: { environment: CM_TOKEN } }`;
    const project = host.project('cmtoken', text);
    const values = path.join(host.folder, 'token.env');
    writeFileSync(values, 'CM_TOKEN=cm-hidden-3\nLABEL=x\n');
    writeFileSync(path.join(host.folder, 'label.env'), 'LABEL=x\n');
    await host.ok('up', ...project, '--env-file', values);
    expect(await host.ok('exec', ...project, 'web', 'cat', '/run/secrets/token')).toBe('cm-hidden-3');
    for (const command of ['ps', 'logs', 'stop', 'start']) await host.ok(...project, command);
    const labelled = ['--env-file', path.join(host.folder, 'label.env')];
    expect(await host.ok('config', ...project, ...labelled)).toContain('environment: CM_TOKEN');
    const refused = await host.heddle('up', ...project, ...labelled);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('ERR_INTERPOLATION: secrets.token: the variable CM_TOKEN is not set');
    await host.ok('down', ...project);
    expect(host.podman('ps', '-aq', '--filter', 'label=io.heddle.project=cmtoken')).toBe('');
  });
});
