import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Capture } from '../../support/capture.ts';
import { answered, makeNamespace, pinging, removeNamespaces } from '../../support/endpoints.ts';
import { LinksLab } from '../../support/links-lab.ts';
import { until } from '../../support/until.ts';

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
    await until('the size of packets is found', async () => (await a.link()).mtu === 1440);
    const link = await a.link();
    expect(link).toMatchObject({
      node: 'b',
      site: 'site-b',
      kind: 'wireguard',
      state: 'up',
      private: true,
      uplink: 'w1',
    });
    expect(await across()).toBe(3);
    const { stdout } = await a.heddle('link', 'ls');
    expect(stdout).toMatch(/^SITE +NODE +KIND +STATE +UPLINK +DELAY +LOSS +MTU +REASON/);
    expect(stdout).toMatch(/^site-b +b +wireguard +up +w1 .* 1440 +w1>w1: /m);
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
    const wire = await Capture.start(lab.wires, 'w1');
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
    expect(wire.frames().length).toBeGreaterThan(6);
    expect(wire.with('heddheddhedd')).toEqual([]);
    wire.end();
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

  test.each(['silent', 'carrier'] as const)(
    'take another path when one is lost (%s), and come back',
    async (how) => {
      const { remote, moves } = await a.link();
      const stream = pinging(a.namespace, remote);
      lab.cut('w1', how, true);
      await until(
        'the other path is used',
        async () => (await a.link()).uplink === 'w2' && (await b.link()).uplink === 'w2',
      );
      const before = stream.answers;
      await until('packets pass', () => stream.answers > before + 10);
      expect(a.log).toMatch(/links: to b by w2>w2: (w1>w1 does not answer|b uses it)/);
      expect(a.log).toContain('links: path w1>w1 to b is down');
      lab.cut('w1', how, false);
      await until('the cheaper path is used again', async () => (await a.link()).uplink === 'w1');
      await stream.stop();
      expect((await a.link()).moves).toBeGreaterThanOrEqual(moves + 2);
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
    const seen = [
      a.log,
      b.log,
      lab.shared(),
      a.run('ps', '-eo', 'args'),
      JSON.stringify(await a.links()),
    ].join('\n');
    for (const key of privateKeys) expect(seen.includes(key)).toBe(false);
  });

  test('go on when the node is killed, and are found again', async () => {
    const { remote } = await a.link();
    const { wireguard } = a;
    await a.end('SIGKILL');
    expect(await answered(a.namespace, remote)).toBe(3);
    a.start();
    await until('the link is up', async () => (await a.link()).state === 'up');
    expect(await answered(a.namespace, remote)).toBe(3);
    expect(a.wireguard).toBe(wireguard);
  });

  test('let nothing out beside them when they are away', async () => {
    const { remote } = await a.link();
    await a.end('SIGKILL');
    a.run('ip', '-6', 'address', 'add', '2001:db8::1/64', 'dev', 'w2', 'nodad');
    a.run('ip', '-6', 'route', 'add', 'default', 'via', '2001:db8::2', 'dev', 'w2');
    a.run('ip', 'link', 'del', a.interface);
    expect(() => a.run('ping', '-c', '1', '-W', '1', remote)).toThrow(/unreachable|No route/i);
    a.start();
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
    expect((await a.purge()).code).toBe(0);
    expect(() => a.run('ip', 'link', 'show', a.interface)).toThrow('does not exist');
    expect(a.run('nft', 'list', 'tables')).not.toContain('heddle_links');
  });
});
