import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Capture } from '../../support/capture.ts';
import { answered, makeNamespace, removeNamespaces } from '../../support/endpoints.ts';
import { LinksLab } from '../../support/links-lab.ts';
import { until } from '../../support/until.ts';

describe('links that are plain', () => {
  const lab = new LinksLab('plain', ['w1']);
  const { a, b } = lab;

  beforeAll(() => lab.start());
  afterAll(async () => {
    removeNamespaces();
    await lab.remove();
  });

  test('carry packets as they are, and say that everybody on the way reads them', async () => {
    await until('the size of packets is found', async () => (await a.link()).mtu === 1500);
    const { local, remote } = await a.link();
    expect((await a.heddle('link', 'ls')).stdout).toMatch(/^site-b +b +plain +NO +up +w1 /m);
    expect((await a.heddle('link', 'inspect', 'b')).stdout).toContain('NEITHER ENCRYPTED NOR AUTHENTICATED');
    const wire = await Capture.start(lab.wires, 'w1');
    const ping = ['-c', '3', '-i', '0.2', '-M', 'do', '-s', `${1500 - 48}`, '-p', '68656464', remote];
    expect(a.run('ping', ...ping)).toContain('3 received');
    await until('they are seen', () => wire.with('heddheddhedd').length >= 6);
    // Right behind the head of the frame, an Ethernet type of IPv6 (RFC 2464, 3), is the packet.
    for (const frame of wire.with('heddheddhedd')) expect(frame.readUInt16BE(12)).toBe(0x86dd);
    wire.end();
    // Somebody else on that Ethernet.
    lab.run('ip', 'address', 'add', 'fd00::99', 'dev', 'w1', 'nodad');
    const mac = a.run('ip', '-br', 'link', 'show', a.interface).split(/\s+/)[2] ?? '';
    lab.run('ip', 'neighbor', 'replace', local, 'lladdr', mac, 'dev', 'w1', 'nud', 'permanent');
    lab.run('ip', '-6', 'route', 'add', local, 'dev', 'w1');
    expect(() => lab.run('ping', '-c', '1', '-W', '1', local)).toThrow();
    expect(a.run('nft', 'list', 'table', 'inet', 'heddle_links')).toMatch(
      /counter packets [1-9]\d* bytes \d+ drop/,
    );
  });

  test('carry networks, in larger packets than tunnels do', async () => {
    const made = await a.heddle('net', 'create', 'lab', '--archetype', 'ip', '--vlan', '100');
    expect(made.stderr).toBe('');
    const addresses: string[] = [];
    for (const [node, name] of [
      [a, 'plain-one'],
      [b, 'plain-two'],
    ] as const) {
      makeNamespace(name);
      const { stdout } = await node.heddle('endpoint', 'create', 'lab', name, '--namespace', name);
      addresses.push(/(\d+\.\d+\.\d+\.\d+)/.exec(stdout)?.[1] ?? '');
    }
    const [, there = ''] = addresses;
    await until('they reach each other', async () => (await answered('plain-one', there, 1, 1)) === 1);
    const whole = ['-c', '1', '-W', '2', '-M', 'do', '-s', `${1430 - 28}`, there];
    expect(
      execFileSync('ip', ['netns', 'exec', 'plain-one', 'ping', ...whole], { encoding: 'utf8' }),
    ).toContain('1 received');
  });

  test('answer what is too large for a path, and are gone without a trace', async () => {
    const { remote } = await a.link();
    for (const port of ['w1-a', 'w1-b']) lab.run('ip', 'link', 'set', port, 'mtu', '1420');
    await until('it is noticed', async () => {
      const { mtu } = await a.link();
      return mtu !== null && mtu <= 1420 && mtu >= 1416;
    });
    expect(() => a.run('ping', '-c', '1', '-W', '2', '-M', 'do', '-s', '1400', remote)).toThrow(
      /too long|too big/i,
    );
    removeNamespaces();
    expect((await a.purge()).code).toBe(0);
    expect(() => a.run('ip', 'link', 'show', a.interface)).toThrow('does not exist');
    expect(a.run('ip', 'rule')).not.toContain('730');
    expect(a.run('nft', 'list', 'tables')).not.toContain('heddle_li');
  });
});
