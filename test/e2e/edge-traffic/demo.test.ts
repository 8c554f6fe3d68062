import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestHost } from '../../support/host.ts';
import { root } from '../../support/installed.ts';
import { until } from '../../support/until.ts';

const host = new TestHost();
const folder = '/run/heddle-lab';
const demoFile = path.join(root, 'examples/sdwan/demo.ts');
let isOurs = false;
const demo = ['run', 'demo:edge', '--prefix', root, '--', '--yes'];
beforeAll(() => {
  // A lab that somebody has running here is not the tests' to remove.
  expect(leftovers()).toEqual([]);
  isOurs = true;
});
afterAll(async () => {
  await host.remove();
  // What a test that failed has left is its own.
  if (isOurs) await host.run(process.execPath, [demoFile, '--remove']);
});

/** What of a lab is still there: namespaces, its folder, and processes that have their state in it. */
function leftovers(): string[] {
  const names = execFileSync('ip', ['netns', 'list'], { encoding: 'utf8', stdio: 'pipe' }).split('\n');
  const folders = [folder].filter((one) => existsSync(one));
  const processes = globSync('/proc/[0-9]*/environ').filter((file) => environmentOf(file).includes(folder));
  return [...names.filter((name) => name.startsWith('heddle-lab-')), ...folders, ...processes];
}

/** Empty for one that has ended in the meantime. */
function environmentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

test('npm run demo:edge shows which copy each client gets, and why', async () => {
  const { code, stdout, stderr } = await host.run('npm', demo);
  expect(code, stderr + stdout).toBe(0);
  // Madrid's nearest by what was measured: 30 ms to Helsinki and 42 to Berlin are the lines' own, the rest is this machine's.
  const [, atMadrid = ''] = stdout.split('explain login --at madrid\n');
  const toHelsinki = /^login-h +helsinki +\S+ +(\S+) ms .* chosen .* ms away.*, measured; nearest$/m;
  const toBerlin = /^login-b +berlin +\S+ +(\S+) ms .* spare .* ms away.*, measured$/m;
  const [nearest, next] = [toHelsinki, toBerlin].map((row) => Number(row.exec(atMadrid)?.[1]));
  expect(nearest).toBeGreaterThanOrEqual(30);
  expect(next).toBeGreaterThan(Math.max(42, nearest ?? 0));
  const gets = (site: string, service: string, answer: string) =>
    expect(stdout).toContain(`client at ${site}$ curl -s http://${service}.edge.internal/\n${answer}\n`);
  gets('helsinki', 'login', 'login at helsinki');
  gets('berlin', 'login', 'login at berlin');
  gets('madrid', 'login', 'login at helsinki');
  gets('madrid', 'page', 'page at helsinki, with prices at berlin, with reviews at helsinki');
  gets('berlin', 'averages', 'averages at berlin: helsinki 4.5, madrid 32');
  // A service added, the nearest copy killed, a branch cut off and back.
  for (const site of ['helsinki', 'berlin', 'madrid'])
    expect(stdout).toMatch(
      new RegExp(`^ +${site}: the name after \\d\\.\\d s, the service after \\d\\.\\d s$`, 'm'),
    );
  gets('madrid', 'news', 'news at berlin');
  expect(stdout).toMatch(/^ +Berlin answers after \d\.\d s$/m);
  gets('helsinki', 'login', 'login at berlin');
  expect(stdout).toMatch(/^;; EDE: 3 \(Stale Answer\)\nreadings\.edge\.internal\..*\sA\s10\.3\.1\.11$/m);
  expect(stdout).toMatch(/^ +After \d+\.\d s Madrid has all that it missed:$/m);
  gets('madrid', 'menu', 'menu at helsinki');
  expect(leftovers()).toEqual([]);
});

test('Ctrl-C removes what there is so far', async () => {
  // As a terminal does it: the whole group of processes gets the signal.
  const running = host.launch('setsid', ['node', path.join(root, 'scripts/demo-edge.mjs'), '--yes']);
  await until('the lab is being built', () => leftovers().length > 5);
  process.kill(-running.pid, 'SIGINT');
  await until('it ends', () => running.exitCode() !== null);
  expect(running.printed()).toContain('Removing what was made');
  expect(running.printed()).not.toContain('Not as it should be');
  expect(running.exitCode()).toBe(130);
  expect(leftovers()).toEqual([]);
});

test('a lab that is kept is not built twice; what a killed demo left is removed when asked for', async () => {
  const first = host.launch(process.execPath, [demoFile, '--keep']);
  await until('the lab is there', () => first.printed().includes('until Ctrl-C'));
  const second = await host.run(process.execPath, [demoFile]);
  expect(second.code).toBe(1);
  expect(second.stderr).toContain('a lab is there already');
  await first.end('SIGKILL');
  expect(leftovers()).not.toEqual([]);
  const { code, stderr } = await host.run(process.execPath, [demoFile, '--remove']);
  expect(code, stderr).toBe(0);
  expect(leftovers()).toEqual([]);
});
