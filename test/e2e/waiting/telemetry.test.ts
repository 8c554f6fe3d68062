import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '../../support/edge-client.ts';
import { EdgeCopy } from '../../support/edge-copy.ts';
import { EdgeHost } from '../../support/edge-host.ts';
import type { Running } from '../../support/host.ts';
import { packaging, promtool } from '../../support/installed.ts';
import { Prometheus } from '../../support/prometheus.ts';
import { run } from '../../support/run.ts';
import { until } from '../../support/until.ts';

const ports = { broker: 18_951, controller: 18_952, helsinki: 18_953, berlin: 18_954 };
const addresses = { helsinki: '127.91.0.1', berlin: '127.91.0.2' };
/** HAProxy checks the one, the gateway itself the other. */
const copies = { web: new EdgeCopy('b1', '127.91.2.1'), db: new EdgeCopy('b2', '127.91.2.2') };
const killCopies = () => Promise.all(Object.values(copies).map((copy) => copy.kill()));
const startCopies = () => Promise.all(Object.values(copies).map((copy) => copy.start()));
const host = new EdgeHost();
const prometheus = new Prometheus(host, { prometheus: 18_955, alertmanager: 18_956 });
let controller: Running;
let berlin: Running;

/** `web` is reached through the gateway, `db` directly; both have one copy, in Berlin. */
const write = (more = '') =>
  writeFileSync(
    host.file,
    `
sites:
  helsinki: { gateway: [${addresses.helsinki}], location: { latitude: 60.17, longitude: 24.94 } }
  berlin: { gateway: [${addresses.berlin}], location: { latitude: 52.52, longitude: 13.4 } }
nodes:
  b1: { site: berlin, addresses: [${copies.web.address}] }
services:
  shop/web: { ports: { main: { port: 80, application: http } }, copies: [${copyOf('web')}] }
  shop/db: { steer: direct, ports: { main: { port: 5432 } }, copies: [${copyOf('db')}] }
${more}`,
  );
const copyOf = (service: keyof typeof copies) =>
  `{ id: ${service}, node: b1, address: ${copies[service].address}, ports: { main: 8080 } }`;

function gateway(site: keyof typeof addresses, proxy: string): Running {
  const broker = ['--broker', `mqtts://127.0.0.1:${ports.broker}`, '--tls', host.path(site)];
  const listen = ['--listen', `${addresses[site]}:15353`, '--proxy', proxy, '--metrics', String(ports[site])];
  return host.start('edge', 'gateway', '--site', site, ...broker, ...listen);
}

async function kdig(...question: readonly string[]): Promise<string> {
  const server = [`@${addresses.helsinki}`, '-p', '15353', '+short', '+timeout=1', '+retry=0'];
  return (await run('kdig', [...server, ...question])).stdout.trim();
}

const metrics = async (site: keyof typeof ports) =>
  (await fetch(`http://127.0.0.1:${ports[site]}/metrics`)).text();

beforeAll(async () => {
  await startCopies();
  await host.certify();
  write();
  controller = host.controller(
    'one',
    ...['--listen', `127.0.0.1:${ports.broker}`, '--metrics', `127.0.0.1:${ports.controller}`],
  );
  gateway('helsinki', 'haproxy');
  berlin = gateway('berlin', 'none');
  const targets = [ports.controller, ports.helsinki, ports.berlin].map((port) => `127.0.0.1:${port}`);
  await prometheus.start(targets, path.join(packaging, 'prometheus/heddle-edge.rules.yml'));
  await prometheus.comesTo('sum(heddle_edge_gateway_up_to_date)', 2);
});
afterAll(async () => {
  await host.remove();
  prometheus.close();
  await killCopies();
});

test('Prometheus sees what is asked, answered, led to, measured and delivered', async () => {
  const site = '{site="helsinki"}';
  await until('web is answered', async () => (await kdig('web.edge.internal')) === addresses.helsinki);
  await kdig('nope.edge.internal', 'AAAA', '+tcp');
  const asked = { address: addresses.helsinki, host: 'web.edge.internal' };
  await until('web answers', async () => (await ask(asked)).status === 200);
  await prometheus.comesTo('heddle_edge_dns_queries_total{type="AAAA",transport="tcp"}', 1);
  await prometheus.comesTo('heddle_edge_dns_answers_total{rcode="NXDOMAIN"}', 1);
  await prometheus.comesTo('sum(heddle_edge_service_copies{site="helsinki",state="alive"})', 2);
  await prometheus.comesTo('heddle_edge_service_led_copies{site="helsinki",service="shop/web"}', 1);
  await prometheus.comesTo('heddle_edge_proxy_requests_total{service="shop/web"} > bool 0', 1);
  await prometheus.comesTo('heddle_edge_round_trip_seconds{site="helsinki",to="berlin"} < bool 1', 1);
  await prometheus.comesTo(`heddle_edge_cut_off${site}`, 0);
  await prometheus.comesTo('heddle_edge_controller_acting', 1);
  const [before] = await prometheus.query(`heddle_edge_convergence_seconds_count${site}`);
  write(`  shop/more: { steer: direct, ports: { main: { port: 80 } }, copies: [${copyOf('db')}] }`);
  await prometheus.comesTo(`heddle_edge_services${site}`, 3);
  await prometheus.comesTo(
    `heddle_edge_convergence_seconds_count${site} > bool ${before?.value ?? Number.NaN}`,
    1,
  );
  write();
  await prometheus.comesTo(`heddle_edge_services${site}`, 2);
});

test('metrics are clean, and nothing else is served there', async () => {
  for (const site of ['controller', 'helsinki', 'berlin'] as const) {
    const input = await metrics(site);
    expect(execFileSync(promtool, ['check', 'metrics'], { input, encoding: 'utf8' })).toBe('');
    expect((await fetch(`http://127.0.0.1:${ports[site]}/`)).status).toBe(404);
    // A port alone is one of the loopback.
    await expect(fetch(`http://${addresses.helsinki}:${ports[site]}/metrics`)).rejects.toThrow();
  }
});

test('Prometheus takes every question of the dashboard', async () => {
  const dashboard = readFileSync(path.join(packaging, 'grafana/heddle-edge.json'), 'utf8');
  const { panels } = JSON.parse(dashboard) as {
    panels: { title: string; targets?: { expr: string }[] }[];
  };
  /** The panels that have nothing to show; rates come with the second look at what they are of. */
  const empty = async () => {
    const titles: string[] = [];
    for (const { title, targets = [] } of panels) {
      for (const { expr } of targets) {
        const asked = expr.replaceAll('$__rate_interval', '1m').replaceAll('$site', '.*');
        if ((await prometheus.query(asked)).length === 0) titles.push(title);
      }
    }
    return titles;
  };
  await until('no rate is missing', async () => (await empty()).length <= 2);
  // Where all is well these have nothing to show.
  expect(await empty()).toEqual(['Copies down', 'Errors']);
});

test('a service without a live copy rings at the webhook, and so does its return', async () => {
  const rang = (status: string, service: string) =>
    until(`${service} is ${status}`, () =>
      prometheus.told.some(
        (one) =>
          one.status === status &&
          one.labels['alertname'] === 'HeddleEdgeNoCopy' &&
          one.labels['service'] === service &&
          one.labels['site'] === 'helsinki',
      ),
    );
  expect(prometheus.told).toEqual([]);
  await killCopies();
  const took = await Promise.all([rang('firing', 'shop/web'), rang('firing', 'shop/db')]);
  console.log(`the webhook was told ${took.map(Math.round).join(' and ')} ms after the copy was killed`);
  expect(prometheus.told.find(({ labels }) => labels['service'] === 'shop/db')?.annotations).toEqual({
    summary: expect.stringMatching(/^no copy of shop\/db is alive, seen from (helsinki|berlin)$/),
  });
  await startCopies();
  await Promise.all([rang('resolved', 'shop/web'), rang('resolved', 'shop/db')]);
});

test('a gateway that was killed is not seen, nor up to date, and that is about to ring', async () => {
  const pending = async () =>
    (await prometheus.alerts()).filter(({ labels }) => labels['alertname'] === 'HeddleEdgeGatewayBehind');
  // What the copies' return has published is on its way to the gateways still.
  await until('no gateway is behind', async () => (await pending()).length === 0);
  await berlin.end('SIGKILL');
  await prometheus.comesTo('heddle_edge_gateway_seen{site="berlin"}', 0);
  await prometheus.comesTo('heddle_edge_gateway_up_to_date{site="berlin"}', 0);
  await prometheus.comesTo('heddle_edge_gateway_seen{site="helsinki"}', 1);
  await until('it is about to ring', async () => (await pending())[0]?.labels['site'] === 'berlin');
  berlin = gateway('berlin', 'none');
  await prometheus.comesTo('sum(heddle_edge_gateway_up_to_date)', 2);
});

test('without a controller the gateways say that they are cut off, and that is about to ring', async () => {
  await controller.end('SIGKILL');
  await prometheus.comesTo('sum(heddle_edge_cut_off)', 2);
  await prometheus.comesTo('min(heddle_edge_view_age_seconds) > bool 0', 1);
  const pending = async () =>
    new Set((await prometheus.alerts()).map(({ labels, state }) => `${labels['alertname']} ${state}`));
  for (const alert of ['HeddleEdgeCutOff', 'HeddleEdgeControllerNotActing'])
    await until(`${alert} is about to ring`, async () => (await pending()).has(`${alert} pending`));
});
