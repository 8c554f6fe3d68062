import { afterAll, beforeAll, expect, test } from 'vitest';
import { NodeClient } from '../../../src/api/client.ts';
import type { Network } from '../../../src/networks/standard/network.ts';
import { expectError } from '../../support/expect-error.ts';
import { TestHost } from '../../support/host.ts';
import { tinyImage } from '../../support/tiny.ts';

// A network that a file leaves open is what served best when it was measured on this host.

const host = new TestHost();
const name = 'hdl-auto';
const file = (needs = '{}') => `
services: { web: { image: ${tinyImage}, init: true, stop_grace_period: 1s, networks: [lab] } }
networks: { lab: { x-heddle: { archetype: auto, needs: ${needs} } } }
`;
beforeAll(() => host.ok('ls'));
afterAll(() => host.remove());

const plan = async (needs?: string) => host.heddle('plan', ...host.project(name, file(needs)));

test('before anything was measured it is the usual one, and that is said', async () => {
  const { code, stderr } = await plan();
  expect(code).toBe(0);
  expect(stderr).toContain('networks.lab: auto is ip: nothing was measured');
  expect(stderr).toContain('`heddle bench net` does it');
  const needed = await host.heddle('up', '-d', ...host.project(name, file('{ p99: 1s }')));
  expect(expectError(needed, 'ERR_NETWORK_NEEDS')).toContain('nothing was measured');
});

test('it is what served best, and what it gives is said', async () => {
  const asked = ['--test', 'throughput', '--test', 'latency', '--time', '40s', '--rounds', '1'];
  await host.ok('bench', 'net', 'ip', 'overlay', ...asked, '--out', `${host.folder}/measured`);
  const [measured] = await new NodeClient(`${host.runDir}/node.sock`).measured();
  const best = [...(measured?.networks ?? [])].sort((a, b) => (b.score ?? 0) - (a.score ?? 0))[0];
  expect(measured?.networks.map((one) => one.name).sort()).toEqual(['ip', 'overlay']);
  const { stderr } = await plan('{ bandwidth: 1M, p99: 10s }');
  expect(stderr).toMatch(
    new RegExp(
      `networks.lab: auto is ${best?.name}: [\\d.]+ [GM]bit/s, p99 .*times as good as .*; measured `,
    ),
  );
  const shop = host.project(name, file());
  await host.ok('up', '-d', ...shop);
  const [lab] = await host.json<Network[]>('net', 'ls');
  expect(lab?.archetype).toBe(best?.name);
  // What was measured beside other load is cautioned of each time.
  expect(await host.ok('plan', ...shop)).toMatch(/is as its file says|nothing is done/);
});

test('what none gives is refused, with what each gives; also by a node that was killed meanwhile', async () => {
  await host.killNode();
  const refused = await host.heddle('up', '-d', ...host.project(name, file('{ bandwidth: 900T }')));
  expect(expectError(refused, 'ERR_NETWORK_NEEDS')).toMatch(
    /ip gives .*bit\/s; overlay gives .*bit\/s|overlay gives .*; ip gives/,
  );
  expect((await plan('{ encrypted: true }')).stderr).toContain('auto is mesh: mesh was not measured');
});
