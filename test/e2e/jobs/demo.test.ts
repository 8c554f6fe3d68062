import { afterAll, expect, test } from 'vitest';
import { TestHost } from '../../support/host.ts';
import { root } from '../../support/installed.ts';
import { until } from '../../support/until.ts';

const host = new TestHost();
afterAll(() => host.remove());

test('npm run demo:training trains over two hosts on two networks, survives a killed rank, and leaves nothing', async () => {
  const demo = host.launch('npm', ['run', 'demo:training', '--prefix', root, '--', '--yes']);
  await until('the demo ends', () => demo.exitCode() !== null, 540_000, 500);
  const stdout = demo.printed();
  expect(demo.exitCode(), stdout).toBe(0);
  expect(stdout).toMatch(/^3 +paris +training-overlay-trainer-4 +ended \(0\) +100 /m);
  expect(stdout.match(/^ {2}reads [89]\d\.\d% of digits/gm)).toHaveLength(2);
  expect(stdout).toMatch(/^ {2}routed +\d+\.\d s, \d+ ms a step, \d+ % of it in the network$/m);
  expect(stdout).toMatch(/networks\.ranks: auto is (overlay|routed): .*bit\/s.* measured /);
  expect(stdout).toMatch(/^ {2}plots: .*report\.html$/m);
  // On a busy machine some have ended by then.
  expect(stdout).toMatch(
    /^trainer +running +\d\/4 .*started again: rank 3 on node paris ended by signal 9$/m,
  );
});
