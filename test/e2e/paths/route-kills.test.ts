import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answered, makeNamespace, pinging, removeNamespaces } from '../../support/endpoints.ts';
import { full } from '../../support/full.ts';
import { InPath } from '../../support/in-path.ts';
import { KillingPath } from '../../support/killing-path.ts';
import { until } from '../../support/until.ts';

const ip = (...args: readonly string[]) => execFileSync('ip', args, { encoding: 'utf8' });
const addresses = { a: '10.98.1.2', b: '10.98.1.3' };
/** The second of them routes, and stands in each order. */
const names = ['ids', 'nat'];
const orders = [[1], [0, 1], [1, 0]];

/** Before `b`, on a bridge with `a`. */
let path: InPath;

beforeAll(async () => {
  ip('link', 'add', 'hroutek0', 'type', 'bridge');
  ip('link', 'set', 'hroutek0', 'up');
  for (const [name, address] of Object.entries(addresses)) {
    makeNamespace(name);
    ip('link', 'add', `vk${name}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
    ip('link', 'set', `vk${name}`, 'master', 'hroutek0', 'up');
    ip('-n', name, 'address', 'add', `${address}/24`, 'dev', 'eth0');
    ip('-n', name, 'link', 'set', 'eth0', 'up');
  }
  path = await InPath.before('b', names, { bridge: 'hroutek0', routed: ['nat'] });
  inB(
    ['-f', '-'],
    'table ip seen {\ncounter around { }\ncounter through { }\nchain entering {\ntype filter hook prerouting priority -300\n' +
      `ip saddr ${addresses.a} ip ttl 64 counter name around\nip saddr ${addresses.a} ip ttl 63 counter name through\n}\n}\n`,
  );
});

afterAll(() => {
  path?.end();
  ip('link', 'del', 'hroutek0');
  removeNamespaces();
});

function inB(args: readonly string[], input?: string): string {
  return execFileSync('nsenter', ['--net=/run/netns/b', 'nft', ...args], { input, encoding: 'utf8' });
}

/** By whom the time to live tells it: who routes takes one off. */
function seen(name: 'around' | 'through'): number {
  return Number(/packets (\d+)/.exec(inB(['list', 'counter', 'ip', 'seen', name]))?.[1]);
}

test('a function that routes is not gone around, whenever whoever leads there is killed', async () => {
  let killed = 0;
  let turn = 0;
  for (let command = 1; command < 40; command += full ? 1 : 7) {
    const order = orders[turn % orders.length]!;
    const when = turn++ % 2 === 0 ? 'after' : 'before';
    const ping = pinging('a', addresses.b);
    using killing = new KillingPath();
    killing.arm(command, when);
    await path.put('insert', killing.environment, order).catch(() => {});
    if (killing.hasKilled) killed++;
    await path.put('insert', {}, order);
    const what = `to ${order}, killed ${when} command ${command}`;
    const before = seen('through');
    await until('it is answered', async () => (await answered('a', addresses.b)) === 3);
    await ping.stop();
    expect(seen('through') - before, what).toBeGreaterThanOrEqual(3);
    expect(await path.observed(), what).toMatchObject({
      whole: true,
      chains: { all: order.map((at) => `b-${names[at]}`) },
    });
  }
  expect(killed).toBeGreaterThan(2);
  expect(seen('around')).toBe(0);
});
