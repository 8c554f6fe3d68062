import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Network } from '../../../src/networks/standard/network.ts';
import type { Trace } from '../../../src/networks/standard/traffic.ts';
import { Capture } from '../../support/capture.ts';
import { isAlive } from '../../support/host.ts';
import { NodesLab } from '../../support/nodes-lab.ts';
import { until } from '../../support/until.ts';

// Two hosts on one Ethernet, which tell each other by BGP who is where.
const lab = new NodesLab('ebpf');
const { a, b } = lab;
beforeAll(async () => {
  await lab.start();
  for (const [index, host] of [a, b].entries())
    host.run('ip', 'address', 'add', `2001:db8::${index + 1}/64`, 'dev', 'upl', 'nodad');
});
afterAll(() => lab.remove());

const addresses: Record<string, string> = {};
const reaches = (from: string, to: string) => {
  lab.run(from, 'ping', '-c', '1', '-W', '1', to);
  return true;
};
const second = async (station: string) =>
  ((await a.tell({ read: station, of: 'lab' })).options['addresses'] as string[])[1] ?? '';
const led = (host: typeof a) =>
  ['-4', '-6'].map((family) => {
    try {
      return host.run('ip', family, 'route', 'show', 'table', '8473');
    } catch {
      // It never had a route.
      return '';
    }
  });
const isLed = (host: typeof a, address: string) =>
  led(host).some((routes) => routes.includes(`${address} via`));
/** The process that tells the others, of a host. */
const daemonOf = (host: typeof a) => {
  const pids = execFileSync('ip', ['netns', 'pids', host.namespace], { encoding: 'utf8' }).split('\n');
  const isIt = (pid: string) => {
    try {
      return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'bird';
    } catch {
      return false;
    }
  };
  return Number(pids.filter(Boolean).find(isIt) ?? 0);
};

describe('a network that is routed', () => {
  test('is on both hosts, with addresses and names, over both families', async () => {
    const options = { subnets: [{ subnet: '10.77.0.0/24' }, { subnet: 'fd77::/64' }] };
    const made = await a.tell({ create: { name: 'lab', archetype: 'routed', options } });
    expect(made).toMatchObject({ archetype: 'routed' });
    expect(made.vlan).toBeUndefined();
    addresses['x'] = await a.join('x', 'lab');
    addresses['y'] = await b.join('y', 'lab', a);
    const { x = '', y = '' } = addresses;
    await until('they reach each other', () => reaches('x', y) && reaches('y', x));
    const [x6, y6] = [await second('x'), await second('y')];
    await until('by IPv6 as well', () => reaches('x', y6) && reaches('y', x6));
    const { status } = await b.tell<Network>({ read: 'lab' });
    expect(status.nodes).toMatchObject([{ phase: 'ready' }, { phase: 'ready' }]);
    const gateway = /via (\S+)/.exec(lab.run('x', 'ip', 'route', 'show', 'default'))?.[1] ?? '';
    await until(
      'names are known across',
      () => lab.run('x', 'kdig', '+short', '+timeout=1', `@${gateway}`, 'y', 'A').trim() === y,
    );
  });

  test('keeps addresses, and wraps nothing: a packet of the uplink’s whole length passes', async () => {
    const { x = '', y = '' } = addresses;
    const capture = await Capture.start(a.namespace, 'upl');
    try {
      // That of the network: the uplink would take more.
      lab.run('x', 'ping', '-c', '1', '-W', '2', '-M', 'do', '-s', `${1500 - 28}`, y);
      const bytes = (address: string) => Buffer.from(address.split('.').map(Number));
      await until('it is seen on the way', () =>
        capture
          .frames()
          .some(
            (frame) =>
              frame.readUInt16BE(12) === 0x0800 &&
              frame.subarray(26, 30).equals(bytes(x)) &&
              frame.subarray(30, 34).equals(bytes(y)) &&
              frame.length === 1514,
          ),
      );
    } finally {
      capture.end();
    }
  });

  test('says where a packet goes', async () => {
    const traced = await a.tell<Trace>({ trace: 'lab', frame: { from: 'x', to: 'y' } });
    expect(traced).toMatchObject({ outcome: 'leaves', to: [{ kind: 'interface', name: 'upl' }] });
  });

  test('an endpoint is known elsewhere as soon as it is there, and is forgotten when it is gone', async () => {
    const z = await b.join('z', 'lab');
    await until('it is reached', () => reaches('x', z));
    expect(isLed(a, z)).toBe(true);
    await b.tell({ remove: 'z', of: 'lab' });
    await until('it is forgotten', () => !isLed(a, z));
    // Who asks for it is told that nobody has it.
    expect(() => lab.run('x', 'ping', '-c', '1', '-W', '5', z)).toThrow();
  });

  test('goes on while nodes are away, and while nobody tells the others anything', async () => {
    const { x = '', y = '' } = addresses;
    const ping = lab.pinging('x', y);
    await until('it is answered', () => ping.answers > 20);
    await b.kill();
    lab.endLease('b');
    const before = daemonOf(b);
    process.kill(before, 'SIGKILL');
    await until('it is gone', () => !isAlive(before));
    const answered = ping.answers;
    await until('it is answered still', () => ping.answers > answered + 100);
    await b.start();
    await until('others are told again', () => daemonOf(b) > 0);
    const w = await b.join('w', 'lab');
    await until('somebody new is reached', () => reaches('x', w));
    expect((await ping.stop()).lost).toBe(0);
    await b.tell({ remove: 'w', of: 'lab' });
    expect(reaches('y', x)).toBe(true);
  });

  test('nobody else is believed: who speaks as an endpoint, or tells where one is', async () => {
    const { x = '', y = '' } = addresses;
    // On the wire between the hosts.
    const stranger = lab.wires;
    const run = (...command: string[]) =>
      execFileSync('nsenter', [`--net=/run/netns/${stranger}`, '--', ...command]);
    run('ip', 'address', 'add', `${y}/32`, 'dev', 'lo');
    run('ip', 'address', 'add', '10.77.0.222/32', 'dev', 'lo');
    run('ip', 'route', 'add', `${x}/32`, 'via', '192.0.2.1');
    const [capture, wire] = [
      await Capture.start(lab.nameOf('x'), 'eth0'),
      await Capture.start(a.namespace, 'upl'),
    ];
    try {
      for (const from of ['10.77.0.222', '192.0.2.254'])
        expect(() => run('ping', '-c', '2', '-i', '0.2', '-W', '0.5', '-I', from, x)).toThrow();
      expect(reaches('y', x)).toBe(true);
      await until('what y sent is there', () => capture.frames().length > 0);
      const bytes = (address: string) => Buffer.from(address.split('.').map(Number));
      // They came as far as the host.
      for (const from of ['10.77.0.222', '192.0.2.254'])
        await until('it came', () =>
          wire.frames().some((frame) => frame.subarray(26, 30).equals(bytes(from))),
        );
      for (const from of ['10.77.0.222', '192.0.2.254'])
        expect(capture.frames().filter((frame) => frame.subarray(26, 30).equals(bytes(from)))).toEqual([]);
    } finally {
      capture.end();
      wire.end();
      run('ip', 'address', 'del', `${y}/32`, 'dev', 'lo');
      run('ip', 'address', 'del', '10.77.0.222/32', 'dev', 'lo');
    }
    expect(a.run('ss', '-ltn')).toContain('192.0.2.1:1179');
    expect(() => run('timeout', '2', 'bash', '-c', 'exec 3<>/dev/tcp/192.0.2.1/1179')).toThrow();
    for (const host of ['192.0.2.1', '192.0.2.2'])
      expect(() => lab.run('x', 'timeout', '2', 'bash', '-c', `exec 3<>/dev/tcp/${host}/1179`)).toThrow();
  });

  test('is refused on a physical network', async () => {
    await expect(a.tell({ create: { name: 'wire', archetype: 'routed', vlan: 7 } })).rejects.toThrow(
      'routed gets to other hosts by itself',
    );
  });

  test('becomes another archetype’s and back, and packets go on', async () => {
    const ping = lab.pinging('x', addresses['y'] ?? '');
    await until('it is answered', () => ping.answers > 20);
    for (const to of ['overlay', 'routed'] as const) {
      await a.tell({ switch: 'lab', wish: { archetype: to } });
      await until(
        `both are ${to}`,
        async () => (await b.tell<Network>({ read: 'lab' })).status.phase === 'ready',
      );
      const before = ping.answers;
      await until('it is answered still', () => ping.answers > before + 20);
      const isRouted = to === 'routed';
      expect(led(a)[0] !== '').toBe(isRouted);
      expect(a.run('ip', '-6', 'neigh', 'show', 'proxy') !== '').toBe(isRouted);
      expect(a.run('nft', 'list', 'set', 'inet', 'heddle_ip', 'within4').includes('10.77')).toBe(isRouted);
    }
    console.log(`there and back: ${(await ping.stop()).lost * 10} ms without packets between hosts`);
  });

  test('leaves nothing', async () => {
    const daemons = [a, b].map(daemonOf);
    for (const name of ['x', 'y']) await a.tell({ remove: name, of: 'lab' });
    await a.tell({ remove: 'lab' });
    await until('nobody tells anybody anything', () => !daemons.some(isAlive));
    for (const host of [a, b]) {
      await until('the rule is gone', () => !host.run('ip', 'rule', 'show').includes('8473'));
      expect(led(host).join('')).toBe('');
      expect(host.run('nft', 'list', 'tables')).not.toContain('heddle_routed');
    }
  });
});
