import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { TestHost } from '../../support/host.ts';
import { installedCommand, packaging, promtool, root } from '../../support/installed.ts';

describe('the systemd unit in the package', () => {
  const host = new TestHost();
  afterAll(() => host.remove());
  const unit = path.join(packaging, 'heddle.service');

  test('is one that systemd takes without a word', async () => {
    const { code, stderr, stdout } = await host.run('systemd-analyze', ['verify', unit]);
    // It verifies the units that this one names as well; what it says of those is not ours to mend.
    const ours = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('heddle'));
    expect(ours).toEqual([]);
    expect(code).toBe(0);
  });
});

describe('what Node keeps of compiled code', () => {
  const host = new TestHost();
  afterAll(() => host.remove());

  test('lies where only who may change the package may change it', async () => {
    const folder = path.join(host.folder, 'tmp');
    mkdirSync(folder);
    const { code } = await host.run('env', [`TMPDIR=${folder}`, installedCommand, '--version']);
    expect(code).toBe(0);
    expect(readdirSync(folder)).toEqual([]);
    const kept = path.join(packaging, '..', '.compile-cache');
    expect(readdirSync(kept)).not.toEqual([]);
    expect(statSync(kept)).toMatchObject({ uid: 0 });
    expect(statSync(kept).mode & 0o022).toBe(0);
  });
});

describe('the alert rules in the package', () => {
  const host = new TestHost();
  afterAll(() => host.remove());
  const folder = path.join(packaging, 'prometheus');
  const files = ['heddle-edge.rules.yml', 'heddle.rules.yml'];

  test('are all there, and Prometheus finds nothing wrong with them', async () => {
    expect(readdirSync(folder).sort()).toEqual(files);
    const checked = await host.run(promtool, [
      'check',
      'rules',
      '--lint-fatal',
      ...files.map((file) => path.join(folder, file)),
    ]);
    expect(checked).toMatchObject({ code: 0, stderr: '' });
    expect(checked.stdout.match(/SUCCESS: \d+ rules found/g)).toHaveLength(files.length);
  });

  test.each(files)('%s fire on what they are for', async (name) => {
    // The cases name the rules of the checkout; here they are those of the package.
    const cases = readFileSync(path.join(root, 'test/fixtures', name.replace('.yml', '.test.yml')), 'utf8');
    const file = path.join(host.folder, `test-${name}`);
    writeFileSync(file, cases.replace(`../../packaging/prometheus/${name}`, path.join(folder, name)));
    const tested = await host.run(promtool, ['test', 'rules', file]);
    expect(tested.stdout + tested.stderr).toContain('SUCCESS');
  });
});
