import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { TestHost } from '../support/host.ts';
import { installedCommand } from '../support/installed.ts';

describe('the systemd unit in the package', () => {
  const host = new TestHost();
  afterAll(() => host.remove());
  const unit = path.resolve(
    path.dirname(installedCommand),
    '../lib/node_modules/heddle/packaging/heddle.service',
  );

  test('is one that systemd takes without a word', async () => {
    const { code, stderr, stdout } = await host.run('systemd-analyze', ['verify', unit]);
    // It verifies the units that this one names as well; what it says of those is not ours to mend.
    const ours = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('heddle'));
    expect(ours).toEqual([]);
    expect(code).toBe(0);
  });
});
