import { afterAll, expect, test } from 'vitest';
import { TestHost } from '../../support/host.ts';
import { root } from '../../support/installed.ts';
import { until } from '../../support/until.ts';

const host = new TestHost();
afterAll(() => host.remove());

test('npm run demo:chain shows a shop over three sites, and leaves nothing', async () => {
  const demo = host.launch('npm', ['run', 'demo:chain', '--prefix', root, '--', '--yes']);
  await until('the demo ends', () => demo.exitCode() !== null, 540_000, 500);
  const stdout = demo.printed();
  expect(demo.exitCode(), stdout).toBe(0);
  expect(stdout).toMatch(/^paris +ready +paris +docker$/m);
  expect(stdout).toMatch(/from the descriptor to a proven chain over two sites: \d+\.\d s/);
  expect(stdout).toMatch(/^ {2}300 connections opened, 0 failed$/m);
  expect(stdout).toMatch(/^shop-logs-1 +oslo +logs +application +unknown node oslo is out of reach/m);
  expect(stdout).toMatch(/^error ERR_NODE_AWAY: node oslo/m);
  expect(stdout).toMatch(/done \d+\.\d s after the link was joined/);
});
