import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestHost } from '../../support/host.ts';
import { root } from '../../support/installed.ts';
import { until } from '../../support/until.ts';

const host = new TestHost();
const folder = '/run/heddle-three-archetypes';
const demoFile = path.join(root, 'examples/three-archetypes/demo.ts');
let isOurs = false;
beforeAll(() => {
  // A lab that somebody has running here is not the tests' to remove.
  expect(existsSync(folder)).toBe(false);
  isOurs = true;
});
afterAll(async () => {
  await host.remove();
  if (isOurs) await host.run(process.execPath, [demoFile, '--remove']);
});

test('npm run demo:networks shows three architectures that span two hosts', async () => {
  const { code, stdout, stderr } = await host.run('npm', [
    'run',
    'demo:networks',
    '--prefix',
    root,
    '--',
    '--yes',
  ]);
  expect(code, stderr + stdout).toBe(0);
  for (const [name, archetype] of [
    ['cinema', 'ip'],
    ['studio', 'sdn'],
    ['salon', 'etarch'],
  ])
    expect(stdout).toMatch(new RegExp(`^${name} +${archetype} +ready +north,south `, 'm'));
  for (const network of ['cinema', 'studio'])
    expect(stdout).toMatch(new RegExp(`^south, in ${network}\\$ curl .*\\n16777216 bytes, `, 'm'));
  expect(stdout).toMatch(/^ +south reads +salon-north: How was the film\?$/m);
  expect(stdout).toMatch(/^ +north reads +salon-south: Both times the same\.$/m);
  expect(stdout).toMatch(/^salon +salon-north +north +salon-north +evening$/m);
  expect(stdout).toMatch(/^salon +evening +salon-north +salon-north,salon-south +\*$/m);
  expect(stdout).toMatch(/^delivered to trunk, salon-south on south$/m);
  expect(stdout.match(/^ +VLAN \d+ \((cinema|studio|salon)\): [1-9]\d* frames$/gm)).toHaveLength(3);
  expect(stdout).not.toContain('nobody’s');
  expect(existsSync(folder)).toBe(false);
});

test('Ctrl-C removes what there is so far', async () => {
  // As a terminal does it: the whole group of processes gets the signal.
  const running = host.launch('setsid', [process.execPath, demoFile]);
  await until('a host is there', () => existsSync(`${folder}/south/pid`));
  process.kill(-running.pid, 'SIGINT');
  await until('it ends', () => running.exitCode() !== null);
  expect(running.printed()).not.toContain('Not as it should be');
  expect(running.exitCode()).toBe(130);
  expect(existsSync(folder)).toBe(false);
});
