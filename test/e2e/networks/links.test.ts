import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Capture } from '../../support/capture.ts';
import { answered, makeNamespace, pinging, removeNamespaces } from '../../support/endpoints.ts';
import { LinksLab } from '../../support/links-lab.ts';
import { until } from '../../support/until.ts';

/** Whether a frame of IPv4 holds UDP to a port (RFC 768). */
function isTo(frame: Buffer, port: number): boolean {
  return frame.readUInt8(14 + 9) === 17 && frame.readUInt16BE(14 + 20 + 2) === port;
}

describe('links by WireGuard', () => {
  const lab = new LinksLab('wireguard');
  const { a, b } = lab;
  const names = { a: 'links-one', b: 'links-two' };
  const across = async () => answered(a.namespace, (await a.link()).remote);

  beforeAll(() => lab.start());
  afterAll(async () => {
    removeNamespaces();
    await lab.remove();
  });

  test('are seen with their site, path and size, and why that path is used', async () => {
    await until('the size of packets is found, on the better path', async () => {
      const { mtu, uplink, state } = await a.link();
      return mtu === 1440 && uplink === 'w1' && state === 'up';
    });
    expect(await a.link()).toMatchObject({ node: 'b', site: 'site-b', kind: 'wireguard', private: true });
    expect(await across()).toBe(3);
    const { stdout } = await a.heddle('link', 'ls');
    expect(stdout).toMatch(/^SITE +NODE +KIND +ENCRYPTED +STATE +UPLINK +DELAY +LOSS +MTU +REASON/);
    expect(stdout).toMatch(/^site-b +b +wireguard +yes +up +w1 .* 1440 +w1>w1: /m);
    const { stdout: whole } = await a.heddle('link', 'inspect', 'b');
    expect(whole).toContain('encrypted and authenticated');
    expect(whole).toMatch(/^w1>w1 \* +up/m);
    expect((await a.heddle('link', 'inspect', 'c')).stderr).toContain('link to "c": there is none, but to b');
  });

  test('carry networks from site to site, and nobody on the way reads them', async () => {
    const made = await a.heddle(
      'net',
      'create',
      'lab',
      '--archetype',
      'ip',
      '--vlan',
      '100',
      '--mtu',
      '1370',
    );
    expect(made.stderr).toBe('');
    const wires = await Promise.all(['w1', 'w2'].map((name) => Capture.start(lab.wires, name)));
    const addresses: string[] = [];
    for (const [node, name] of [
      [a, names.a],
      [b, names.b],
    ] as const) {
      makeNamespace(name);
      const { stdout, stderr } = await node.heddle('endpoint', 'create', 'lab', name, '--namespace', name);
      expect(stderr).toBe('');
      addresses.push(/(\d+\.\d+\.\d+\.\d+)/.exec(stdout)?.[1] ?? '');
    }
    const [, there = ''] = addresses;
    await until('they reach each other', async () => (await answered(names.a, there, 1, 1)) === 1);
    execFileSync('ip', ['netns', 'exec', names.a, 'ping', '-c', '3', '-i', '0.2', '-p', '68656464', there]);
    const carried = () => wires.flatMap((wire) => wire.frames()).filter((frame) => isTo(frame, 51_820));
    await until('the wires are seen to carry them', () => carried().length > 6);
    for (const wire of wires) expect(wire.with('heddheddhedd')).toEqual([]);
    for (const wire of wires) wire.end();
  });

  test('answer a packet that is too large, instead of losing it', async () => {
    const { remote } = await a.link();
    const ping = (size: number) => a.run('ping', '-c', '1', '-W', '2', '-M', 'do', '-s', `${size}`, remote);
    expect(ping(1440 - 48)).toContain('1 received');
    expect(() => ping(1500)).toThrow(/message too long|Packet too big/i);
  });

  test('notice when a path takes less, and answer what is too large for it', async () => {
    const { remote } = await a.link();
    for (const port of ['w1-a', 'w1-b']) lab.run('ip', 'link', 'set', port, 'mtu', '1420');
    await until('it is noticed', async () => {
      const { mtu } = await a.link();
      return mtu !== null && mtu <= 1360 && mtu >= 1356;
    });
    expect(() => a.run('ping', '-c', '1', '-W', '2', '-M', 'do', '-s', '1400', remote)).toThrow(
      /too long|too big/i,
    );
    for (const port of ['w1-a', 'w1-b']) lab.run('ip', 'link', 'set', port, 'mtu', '1500');
  });

  test('find what passes behind a router that says what is too large for it', async () => {
    lab.run('sysctl', '-qw', 'net.ipv4.ip_forward=1');
    lab.run('ip', 'address', 'add', '198.51.101.254/24', 'dev', 'w1');
    for (const [index, node] of [a, b].entries()) {
      const address = `198.51.101.${index + 1}`;
      lab.run('ip', 'route', 'add', address, 'dev', 'w1', 'mtu', '1400');
      node.run('ip', 'address', 'add', `${address}/32`, 'dev', 'w1');
      node.run('ip', 'address', 'del', `${address}/24`, 'dev', 'w1');
      node.run('ip', 'route', 'add', 'default', 'via', '198.51.101.254', 'dev', 'w1', 'onlink');
    }
    await until('it is noticed', async () => {
      const { mtu, uplink } = await a.link();
      return uplink === 'w1' && mtu !== null && mtu <= 1340 && mtu >= 1336;
    });
    for (const [index, node] of [a, b].entries()) {
      const address = `198.51.101.${index + 1}`;
      node.run('ip', 'address', 'add', `${address}/24`, 'dev', 'w1');
      node.run('ip', 'address', 'del', `${address}/32`, 'dev', 'w1');
      node.run('ip', 'route', 'del', 'default', 'via', '198.51.101.254', 'dev', 'w1');
      lab.run('ip', 'route', 'del', address, 'dev', 'w1');
    }
    lab.run('ip', 'address', 'del', '198.51.101.254/24', 'dev', 'w1');
    // Down for a moment meanwhile, and then measured anew.
    await until('the cheaper path is used as before', async () => {
      const links = await Promise.all([a.link(), b.link()]);
      return links.every(({ uplink, mtu }) => uplink === 'w1' && mtu === 1440);
    });
  });

  test.each(['silent', 'carrier'] as const)(
    'take another path when one is lost (%s), and come back',
    async (how) => {
      const { remote } = await a.link();
      const logged = a.log.length;
      const stream = pinging(a.namespace, remote);
      lab.cut('w1', how, true);
      await until(
        'the other path is used',
        async () => (await a.link()).uplink === 'w2' && (await b.link()).uplink === 'w2',
      );
      const before = stream.answers;
      await until('packets pass', () => stream.answers > before + 10);
      const said = async (what: RegExp) => until(`${what} is said`, () => what.test(a.log.slice(logged)));
      await said(/links: to b by w2>w2: (w1>w1 does not answer|b uses it)/);
      await said(/links: path w1>w1 to b is down/);
      lab.cut('w1', how, false);
      await until('the cheaper path is used again', async () => (await a.link()).uplink === 'w1');
      await stream.stop();
      // There, and back.
      await said(/links: to b by w2>w2[\s\S]*links: to b by w1>w1/);
    },
  );

  test('change their keys while packets pass, and show no private one to anybody', async () => {
    const { remote } = await a.link();
    const before = a.keyFile;
    const stream = pinging(a.namespace, remote);
    const { stdout } = await a.heddle('link', 'rotate');
    const publicKey = stdout.trim();
    await until(
      'the other node takes it',
      () => b.run('wg', 'show', b.interface, 'peers').trim() === publicKey,
    );
    const answers = stream.answers;
    await until('packets pass', () => stream.answers > answers + 10);
    await stream.stop();
    expect(a.run('wg', 'show', a.interface, 'public-key').trim()).toBe(publicKey);
    expect([before.mode, a.keyFile.mode]).toEqual([0o600, 0o600]);
    const privateKeys = [before.text, a.keyFile.text, b.keyFile.text].flatMap((text) =>
      [...text.matchAll(/"privateKey":"([^"]+)"/g)].map(([, key = '']) => key),
    );
    expect(privateKeys.length).toBeGreaterThanOrEqual(3);
    const seen = [a.log, b.log, lab.shared(), JSON.stringify(await a.links())].join('\n');
    for (const key of privateKeys) expect(seen.includes(key)).toBe(false);
  });

  test('go on when the node is killed, and are found again as they were', async () => {
    const { remote } = await a.link();
    lab.cut('w1', 'silent', true);
    await until('the other path is used', async () => (await a.link()).uplink === 'w2');
    lab.cut('w1', 'silent', false);
    const { wireguard, log } = a;
    const index = a.run('ip', '-o', 'link', 'show', a.interface).split(':')[0];
    await a.end('SIGKILL');
    // Of a path that it was about to leave when it was killed, a packet may be lost.
    await until('it goes on without it', async () => (await answered(a.namespace, remote)) === 3);
    a.start();
    await until('the link is up', async () => (await a.link()).state === 'up');
    expect(await answered(a.namespace, remote)).toBe(3);
    expect(a.run('ip', '-o', 'link', 'show', a.interface).split(':')[0]).toBe(index);
    expect(a.wireguard).toBe(wireguard);
    // It is left for one that is better, and not because that was the first.
    expect(a.log.slice(log.length)).not.toMatch(/links: to b by .*(the first that|does not answer)/);
    await until('the cheaper path is used again', async () => (await a.link()).uplink === 'w1');
  });

  test('are measured and moved by a node that starts while etcd is away', async () => {
    await a.end('SIGKILL');
    lab.run('ip', 'link', 'set', 'ctl-a', 'down');
    a.start();
    await until('the link is up', async () => (await a.link()).state === 'up');
    lab.cut('w1', 'silent', true);
    await until('the other path is used', async () => (await a.link()).uplink === 'w2');
    lab.cut('w1', 'silent', false);
    await until('the cheaper path is used again', async () => (await a.link()).uplink === 'w1');
    lab.run('ip', 'link', 'set', 'ctl-a', 'up');
  });

  test('have rules of their own, which come back, and leave others’ alone', async () => {
    const others = ['rule', 'add', 'priority', '7301', 'from', '203.0.113.1', 'lookup', 'main'] as const;
    a.run('ip', ...others);
    a.run('ip', 'route', 'add', '203.0.113.2', 'dev', 'ctl', 'table', '7300');
    const own = () => a.run('ip', '-4', 'rule', 'show', 'priority', '7300');
    const before = own();
    expect(before).toContain('lookup 7300');
    a.run('ip', '-4', 'rule', 'del', 'priority', '7300');
    await until('it is there again', () => own() === before);
    lab.cut('w1', 'carrier', true);
    await until('the other path is used', async () => (await a.link()).uplink === 'w2');
    lab.cut('w1', 'carrier', false);
    expect(a.run('ip', 'rule', 'show', 'priority', '7301')).toContain('from 203.0.113.1 lookup main');
    a.run('ip', 'rule', 'del', ...others.slice(2));
    a.run('ip', 'route', 'del', '203.0.113.2', 'table', '7300');
    await until('the cheaper path is used again', async () => (await a.link()).uplink === 'w1');
  });

  test('let nothing out beside them when they are away', async () => {
    const { remote } = await a.link();
    await a.end('SIGKILL');
    a.run('ip', '-6', 'address', 'add', '2001:db8::1/64', 'dev', 'w2', 'nodad');
    a.run('ip', '-6', 'route', 'add', 'default', 'via', '2001:db8::2', 'dev', 'w2');
    a.run('ip', 'link', 'del', a.interface);
    const refused = () =>
      expect(() => a.run('ping', '-c', '1', '-W', '1', remote)).toThrow(/unreachable|No route/i);
    refused();
    // As after a start of the host, by a node that reaches nobody and knows nobody.
    const guard = a.run('ip', '-6', 'route', 'show', 'type', 'unreachable', 'root', 'fd00::/8').trim();
    a.run('ip', '-6', 'route', 'del', 'unreachable', guard.split(' ')[1] ?? '');
    rmSync(path.join(a.stateDir, 'links/others.json'));
    lab.run('ip', 'link', 'set', 'ctl-a', 'down');
    a.start();
    await until('it is refused again', () => {
      refused();
      return true;
    });
    lab.run('ip', 'link', 'set', 'ctl-a', 'up');
    await until('the link is up', async () => (await answered(a.namespace, remote, 1, 1)) === 1);
  });

  test('leave nothing behind', async () => {
    removeNamespaces();
    const { code, stderr } = await a.purge();
    expect([code, stderr]).toEqual([0, '']);
    expect(() => a.run('ip', 'link', 'show', a.interface)).toThrow('does not exist');
    for (const family of ['-4', '-6']) {
      expect(a.run('ip', family, 'rule')).not.toContain('730');
      expect(a.run('ip', family, 'route', 'show', 'table', 'all')).not.toMatch(/table 730|unreachable fd/);
    }
    await until('wireguard-go has ended', () => a.wireguard === undefined);
    expect(() => a.keyFile).toThrow('ENOENT');
    await until('the other node has no link', async () => (await b.links()).length === 0);
  });
});

describe('links by VXLAN', () => {
  const lab = new LinksLab('vxlan');

  beforeAll(() => lab.start());
  afterAll(() => lab.remove());

  test('carry packets, and say that everybody on the way reads them', async () => {
    const { a, b } = lab;
    const { remote } = await a.link();
    await until('packets pass', async () => (await answered(a.namespace, remote, 1, 1)) === 1);
    expect((await a.heddle('link', 'inspect', 'b')).stdout).toContain('NEITHER ENCRYPTED NOR AUTHENTICATED');
    lab.cut('w1', 'silent', true);
    await until('the other path is used', async () => (await b.link()).uplink === 'w2');
    await until('packets pass', async () => (await answered(a.namespace, remote, 1, 1)) === 1);
    // What another has on that port is its own.
    a.run('ip', 'route', 'add', '203.0.113.0/24', 'dev', 'ctl');
    expect(a.run('ip', 'route', 'get', '203.0.113.1', 'ipproto', 'udp', 'dport', '51820')).toContain(
      'dev ctl',
    );
    // Whose note was spoilt is found all the same.
    writeFileSync(path.join(a.stateDir, 'links/made.json'), '{');
    expect((await a.purge()).code).toBe(0);
    expect(() => a.run('ip', 'link', 'show', a.interface)).toThrow('does not exist');
    expect(a.run('ip', 'rule')).not.toContain('730');
    expect(a.run('nft', 'list', 'tables')).not.toContain('heddle_li');
  });
});
