import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BondLab } from '../../support/bond-lab.ts';
import { TestHost } from '../../support/host.ts';
import { packaging } from '../../support/installed.ts';
import { Prometheus } from '../../support/prometheus.ts';
import { shellJob } from '../../support/shell-job.ts';
import { until } from '../../support/until.ts';

// A real Prometheus with the rules of the package, and a real Alertmanager: what is lost is told, and so is that it is back.

const lab = new BondLab();
const host = new TestHost();
const prometheus = new Prometheus(host, { prometheus: 18_957, alertmanager: 18_958 });
const relays: Server[] = [];

beforeAll(async () => {
  await lab.start();
  await lab.host.startNode({ bond0: { links: ['eth1', 'eth2'], driver: 'ovs' } });
  await lab.becomes('the bond is up', ({ state }) => state === 'up');
  await host.ok('ls');
  const targets = await Promise.all([lab.host, host].map(({ runDir }) => relay(`${runDir}/node.sock`)));
  await prometheus.start(targets, path.join(packaging, 'prometheus/heddle.rules.yml'));
});
afterAll(async () => {
  prometheus.close();
  for (const server of relays) server.close();
  await lab.remove();
  await host.remove();
});

/** Prometheus asks no socket, and one of the nodes is in a network of its own. */
async function relay(socketPath: string): Promise<string> {
  const server = createServer(({ url }, response) => {
    request({ socketPath, path: url }, (answer) => answer.pipe(response))
      .on('error', () => response.writeHead(502).end())
      .end();
  });
  relays.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const told = (alertname: string, status: 'firing' | 'resolved') =>
  prometheus.told.find((alert) => alert.labels['alertname'] === alertname && alert.status === status);

test('a link of a bond that is lost is told, and when it is back', async () => {
  lab.pull(2, true);
  await until('it is told', () => told('HeddleBondLinkLost', 'firing') !== undefined);
  expect(told('HeddleBondLinkLost', 'firing')).toMatchObject({
    labels: { bond: 'bond0', member: 'eth2', severity: 'warning' },
    annotations: {
      summary: expect.stringMatching(/^eth2 of bond0 on .* carries nothing: heddle net bond bond0/),
    },
  });
  lab.pull(2, false);
  await until('it is told to be over', () => told('HeddleBondLinkLost', 'resolved') !== undefined);
  expect(prometheus.told.filter(({ labels }) => labels['member'] === 'eth1')).toEqual([]);
});

test('a job that has failed is told, and when it runs again', async () => {
  const shop = host.project('hmjobs', shellJob({ steps: 3000, job: { retries: 0 } }));
  await host.ok('up', '-d', ...shop);
  await until('it runs', async () => (await host.ok('jobs', ...shop)).includes('running'));
  host.podman('exec', 'hmjobs-trainer-2', 'touch', '/tmp/fail');
  await until('it is told', () => told('HeddleJobFailed', 'firing') !== undefined);
  expect(told('HeddleJobFailed', 'firing')).toMatchObject({
    labels: { project: 'hmjobs', service: 'trainer', severity: 'critical' },
    annotations: { summary: 'trainer of hmjobs has failed: heddle jobs trainer -p hmjobs says why' },
  });
  await host.ok('start', ...shop);
  await until('it is told to be over', () => told('HeddleJobFailed', 'resolved') !== undefined);
});
