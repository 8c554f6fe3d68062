import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestHost } from '../../support/host.ts';
import { PodmanPods } from '../../support/podman-pods.ts';
import { tiny } from '../../support/tiny.ts';

/** As wg(8) writes them. */
const keys = () => {
  const { d = '', x = '' } = generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' });
  const text = (word: string) => Buffer.from(word, 'base64url').toString('base64');
  return { secret: text(d), open: text(x) };
};
const [own, peer] = [keys(), keys()];

const asPeer = `wireguard-go wg0 && wg set wg0 private-key /run/secrets/peer listen-port 51820 peer ${own.open} allowed-ips 10.93.13.2/32 && ip address add 10.93.13.1/24 dev wg0 && ip link set wg0 up && exec sleep infinity`;
const script =
  "mkdir /www/cgi-bin && printf '#!/bin/sh\\necho\\necho $$REMOTE_ADDR\\n' > /www/cgi-bin/who && chmod +x /www/cgi-bin/who; exec busybox httpd -f -p 80 -h /www";
const file = (folder: string) => `
services:
  web: { ${tiny}, init: true, networks: [lab] }
  wg:
    image: localhost/heddle/wireguard
    init: true
    networks: [uplink]
    cap_add: [NET_ADMIN]
    devices: [/dev/net/tun]
    sysctls: { net.ipv4.ip_forward: 1 }
    secrets: [{ source: own, target: wireguard }]
    environment:
      PEER_PUBLIC_KEY: "${peer.open}"
      PEER_ENDPOINT: "10.93.12.9:51820"
      PEER_ALLOWED: 10.93.13.0/24
      ADDRESS: 10.93.13.2/24
    x-heddle: { function: { mode: route, hooks: { configure: [gateway, configure] } } }
  peer:
    image: localhost/heddle/wireguard
    init: true
    networks: { uplink: { ipv4_address: 10.93.12.9 } }
    cap_add: [NET_ADMIN]
    devices: [/dev/net/tun]
    secrets: [peer]
    entrypoint: [sh, -c, ${JSON.stringify(asPeer)}]
  shop: { ${tiny}, init: true, network_mode: "service:peer", command: [sh, -c, ${JSON.stringify(script)}] }
secrets:
  own: { file: ${folder}/own }
  peer: { file: ${folder}/peer }
networks:
  lab: { ipam: { config: [{ subnet: 10.93.11.0/24 }] } }
  uplink: { ipam: { config: [{ subnet: 10.93.12.0/24 }] } }
x-heddle:
  chains: [{ name: away, from: web, to: outside, through: [wg] }]
`;

describe('the WireGuard gateway of the catalogue', () => {
  const host = new TestHost();
  const pods = new PodmanPods(host, 'hguarded');
  const inside = (pod: string, ...command: string[]) => pods.inside(pod, command);
  const who = () =>
    pods.exec('web', 'timeout', '5', 'busybox', 'wget', '-q', '-O', '-', 'http://10.93.13.1/cgi-bin/who');
  /** Packets for the peer's network that leave in plain, on what way ever. */
  const plain = () =>
    Number(/packets (\d+)/.exec(inside('wg-1', 'nft', 'list', 'counter', 'inet', 'seen', 'plain'))?.[1]);

  let project: string[];

  beforeAll(async () => {
    for (const [name, { secret }] of Object.entries({ own, peer }))
      writeFileSync(path.join(host.folder, name), `${secret}\n`, { mode: 0o600 });
    project = host.project('hguarded', file(host.folder));
    await host.ok('up', ...project);
    const rules = [
      'add table inet seen',
      'add counter inet seen plain',
      'add chain inet seen leaving { type filter hook postrouting priority 200 ; }',
      'add rule inet seen leaving oifname != wg0 ip daddr 10.93.13.0/24 counter name plain',
    ];
    for (const rule of rules) inside('wg-1', 'nft', ...rule.split(' '));
  });
  afterAll(() => host.remove());

  test('leads what is for the peer to it, encrypted, from its own address', async () => {
    expect((await who()).stdout).toContain('10.93.13.2');
    const [, sent = '0'] = host.podman('exec', 'hguarded-wg-1', 'wg', 'show', 'wg0', 'transfer').split('\t');
    expect(Number(sent)).toBeGreaterThan(0);
    expect(plain()).toBe(0);
  });

  test('says its key to nobody', async () => {
    const said = [
      host.podman('inspect', 'hguarded-wg-1'),
      host.podman('inspect', 'hguarded-wg-1.sandbox'),
      host.podman('top', 'hguarded-wg-1', 'args'),
      host.podman('logs', 'hguarded-wg-1'),
      await host.ok('spec', ...project),
    ];
    for (const text of said) expect(text).not.toContain(own.secret);
  });

  test('leads it nowhere else while the tunnel is away', async () => {
    inside('wg-1', 'ip', 'link', 'del', 'wg0');
    expect((await who()).code).not.toBe(0);
    expect(plain()).toBe(0);
  });
});
