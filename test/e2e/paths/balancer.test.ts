import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestHost } from '../../support/host.ts';
import { PodmanPods } from '../../support/podman-pods.ts';
import { echoing, streaming } from '../../support/stream.ts';
import { tiny } from '../../support/tiny.ts';
import { until } from '../../support/until.ts';

const script =
  "mkdir /www/cgi-bin && printf '#!/bin/sh\\necho\\necho $$(hostname) $$REMOTE_ADDR\\n' > /www/cgi-bin/who && chmod +x /www/cgi-bin/who; busybox httpd -p 80 -h /www; exec sleep infinity";
const file = (replicas: number) => `
services:
  web: { ${tiny}, init: true, networks: [lab] }
  db: { ${tiny}, init: true, networks: [lab], scale: ${replicas}, command: [sh, -c, ${JSON.stringify(script)}], x-heddle: { manage: { firewall: { ingress: [{ ports: [80/tcp, 90/tcp], from: [web] }] } } } }
  lb:
    image: localhost/heddle/balancer
    network_mode: none
    cap_add: [NET_ADMIN]
    x-heddle: { function: { mode: proxy, port: 10080, hooks: { configure: [balancer, configure] } } }
networks:
  lab: { enable_ipv6: true, ipam: { config: [{ subnet: 10.93.10.0/24 }, { subnet: "fd93:10::/64" }] } }
x-heddle:
  chains: [{ name: front, from: web, to: db, match: { ports: [80/tcp, 90/tcp] }, through: [lb] }]
`;

describe('the balancer of the catalogue', () => {
  const host = new TestHost();
  let project: string[];
  const up = async (replicas: number) => {
    project = host.project('hbalanced', file(replicas));
    await host.ok('up', ...project);
  };
  const pods = new PodmanPods(host, 'hbalanced');
  /** Who answers, and whom it sees, asked at the address of the first replica so many times. */
  const answers = async (times: number, family: 'IPAddress' | 'GlobalIPv6Address' = 'IPAddress') => {
    const address = pods.address('db', family);
    const url = `http://${address.includes(':') ? `[${address}]` : address}/cgi-bin/who`;
    const ask = `for i in $(seq ${times}); do timeout 5 busybox wget -q -O - ${url} || echo failed; done`;
    const { stdout } = await pods.exec('web', 'sh', '-c', ask);
    return stdout.trim().split('\n');
  };
  const replicasIn = (lines: readonly string[]) => new Set(lines.map((line) => line.split(' ')[0])).size;
  const server = (replica: string, command: string) =>
    host.run('podman', ['exec', `hbalanced-${replica}`, 'sh', '-c', command]);

  // One after the other: each gets the name on the host that was the one's before it, until that was put in a path.
  beforeAll(async () => {
    for (const replicas of [1, 2, 3]) await up(replicas);
  });
  afterAll(() => host.remove());

  test('spreads connections over all replicas, which see who asks, over IPv4 and IPv6', async () => {
    for (const family of ['IPAddress', 'GlobalIPv6Address'] as const) {
      const lines = await answers(9, family);
      const counts = Map.groupBy(lines, (line) => line.split(' ')[0]);
      expect([...counts.values()].map(({ length }) => length)).toEqual([3, 3, 3]);
      for (const line of lines) expect(line).toContain(pods.address('web', family));
    }
  });

  test('loses no connection that a replica refuses', async () => {
    await server('db-2', 'kill $(pidof busybox)');
    const lines = await answers(6);
    expect(lines).not.toContain('failed');
    expect(replicasIn(lines)).toBe(2);
    await server('db-2', 'busybox httpd -p 80 -h /www');
    expect(replicasIn(await answers(6))).toBe(3);
  });

  describe('as replicas come and go', () => {
    let stream: Awaited<ReturnType<typeof streaming>>;
    const servers: ChildProcess[] = [];
    afterAll(() => {
      for (const one of servers) one.kill('SIGKILL');
      stream?.kill();
    });

    test('leads to them, and keeps open connections', async () => {
      for (const pod of ['db-1', 'db-2', 'db-3']) servers.push(await echoing(pods.namespace(pod), 90));
      stream = await streaming(pods.namespace('web-1'), pods.address('db'), 90);
      await stream.goesOn();
      await up(4);
      await until('four answer', async () => replicasIn(await answers(8)) === 4);
      await stream.goesOn();
    });
  });
});
