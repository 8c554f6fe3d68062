import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestHost } from '../../support/host.ts';
import { root } from '../../support/installed.ts';

/** The README's first command, as it stands there; on a port of its own, which may be in use on a machine at work. */
const host = new TestHost({ WORDPRESS_PORT: '18980' });
const cache = path.join(root, '.cache');
mkdirSync(cache, { recursive: true });
const clone = mkdtempSync(path.join(cache, 'clone-'));

/** As in a clone: nothing was built. What npm has fetched is there, by other names for the same files. */
function makeClone(): void {
  const made = ['dist', '.cache', '.git', 'node_modules'];
  for (const name of readdirSync(root).filter((one) => !made.includes(one) && !one.startsWith('dist-')))
    cpSync(path.join(root, name), path.join(clone, name), { recursive: true });
  execFileSync('cp', ['-al', path.join(root, 'node_modules'), clone]);
}

beforeAll(() => {
  makeClone();
  // A demo that somebody has running here is not the tests' to take down.
  expect(host.leftovers('wordpress')).toEqual([]);
  host.project('wordpress', '');
});
afterAll(async () => {
  await host.remove();
  rmSync(clone, { recursive: true });
});

test('npm run demo shows all that the README says', async () => {
  const { code, stdout, stderr } = await host.run('npm', ['run', 'demo', '--prefix', clone, '--', '--yes']);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/^200 .*\d{4,} bytes$/m);
  expect(stdout).toMatch(/:3306 {2}denied$/m);
  // Flows by service name, delays, a denied attempt, interface counters, the ledger, and how to go on.
  expect(stdout).toMatch(/ tcp +web:\d+ +db:3306 +\d+ .* wordpress-web-1/);
  expect(stdout).toMatch(/^web +db +\d+ .*(µs|ms) .* p99 /m);
  expect(stdout).toMatch(/^wordpress-db-1 +ingress +denied +drop +[1-9]/m);
  expect(stdout).toMatch(/ ingress +tcp +\S+ +db:3306$/m);
  expect(stdout).toMatch(/^wordpress-web-1 +eth0 +up +(\w\w:){5}\w\w +1500 +\d/m);
  expect(stdout).toMatch(/^TOTAL management +\d/m);
  expect(stdout).toMatch(/^Remove it: +bin\/heddle down -f examples\/wordpress\/compose.yaml --volumes$/m);
});
