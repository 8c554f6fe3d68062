import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeNamespace, removeNamespaces } from '../../support/endpoints.ts';
import { full } from '../../support/full.ts';
import { KillingPath } from '../../support/killing-path.ts';
import { Networks } from '../../support/networks.ts';

const [host, uplink] = ['trunked', 'eth1'];
/** More commands than making, changing and removing takes. */
const most = 80;

const run = (...args: readonly string[]) =>
  execFileSync('ip', ['netns', 'exec', host, ...args], { encoding: 'utf8' });
const there = () =>
  [
    run('ip', '-d', 'link', 'show'),
    run('tc', 'qdisc', 'show'),
    execFileSync('mount', ['-t', 'bpf'], { encoding: 'utf8' }),
  ].join('\n');

beforeAll(() => {
  makeNamespace(host);
  execFileSync('ip', ['-n', host, 'link', 'add', uplink, 'type', 'veth', 'peer', 'name', 'wire']);
  for (const end of [uplink, 'wire']) execFileSync('ip', ['-n', host, 'link', 'set', end, 'up']);
});
afterAll(removeNamespaces);

test.each(['before', 'after'] as const)(
  'a service that is killed %s a command of the edge ends as if it had not been',
  async (when) => {
    const before = there();
    const folder = mkdtempSync(path.join(tmpdir(), 'heddle-trunk-'));
    using killing = new KillingPath();
    const networks = new Networks(folder, { namespace: host, uplink, environment: killing.environment });
    await networks.start();
    let killed = 0;
    // Some of them, and others before than after.
    for (let command = full || when === 'before' ? 1 : 9; command <= most; command += full ? 1 : 16) {
      killing.arm(command, when);
      /** Once more where it was killed: what was done already is refused then. */
      const insist = async (order: Parameters<Networks['tell']>[0]) => {
        try {
          await networks.tell(order);
        } catch {
          await networks.kill();
          await networks.start();
          await networks
            .tell(order)
            .catch((error) => expect(String(error)).toMatch(/RESOURCE_(EXISTS|UNKNOWN)/));
        }
      };
      const wish = { name: 'lab', archetype: 'linux' };
      const what = `killed ${when} command ${command}`;
      await insist({ network: { ...wish, vlan: 12 } });
      expect(run('ip', 'link', 'show', 'hv12'), what).toMatch(/master hb.* state UP/);
      await insist({ update: { ...wish, vlan: 13 } });
      expect(run('ip', 'link', 'show', 'hv13'), what).toMatch(/master hb.* state UP/);
      expect(run('tc', 'filter', 'show', 'dev', uplink, 'ingress'), what).toContain('from_wire');
      await insist({ remove: 'lab', archetype: 'linux' });
      expect(there(), what).toBe(before);
      if (!killing.hasKilled) break;
      killed++;
    }
    await networks.kill();
    rmSync(folder, { recursive: true });
    // The last round had fewer commands than it was to be killed at.
    expect(killed).toBeGreaterThan(full ? 20 : 1);
    expect(killed).toBeLessThan(most);
  },
);
