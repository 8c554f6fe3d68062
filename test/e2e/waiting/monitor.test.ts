import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ContainerStatus, NodeInfo } from '../../../src/api/messages.ts';
import type { FlowRecord, Talkers } from '../../../src/features/flows/contract.ts';
import type { CostRow } from '../../../src/monitor/cost/record.ts';
import { TestHost } from '../../support/host.ts';
import { root } from '../../support/installed.ts';
import { tiny } from '../../support/tiny.ts';
import { until } from '../../support/until.ts';

const block = tiny.replace(', build:', '\n    build:');
const promtool = path.join(root, '.cache/tools/promtool');

/** A sender uses more than a tenth of a percent of a core, and a firewall more than a kilobyte. */
const services = (db: string) => `
services:
  web:
    ${block}
    ports: ["127.0.0.1:18480:80"]
    x-heddle: { manage: { flows: true, snmp: true, firewall: { budget: { memory: 1k } } } }
  db:
    ${block}
    stop_grace_period: 1s
    networks: { default: { ipv4_address: ${db} } }
    x-heddle: { manage: { flows: true } }
`;
const rest = `
networks: { default: { ipam: { config: [{ subnet: 10.231.9.0/24 }] } } }
x-heddle: { manage: { latency: [{ from: web, to: db, budget: { cpu: 0.1% }, objective: { p99: 1s } }] } }
`;

describe('the monitor', () => {
  const host = new TestHost({ HEDDLE_METRICS: '127.0.0.1:0' });
  const sender = 'hmon.latency.web-db.sender.sender';
  let project: string[];
  let began: number;
  /** Since when there has been something to measure of the sender. */
  let senderBegan: number;

  const curl = (...args: string[]) =>
    execFileSync('curl', ['-s', '--max-time', '20', ...args], { encoding: 'utf8' });
  const overSocket = (target: string) =>
    curl('--unix-socket', `${host.runDir}/node.sock`, `http://node${target}`);
  const cost = (...args: string[]) => host.json<CostRow[]>('cost', ...project, ...args);
  const visit = (from: string, to: string) =>
    host.podman('exec', `hmon-${from}-1`, 'busybox', 'wget', '-q', '-O', '/dev/null', `http://${to}/`);
  const since = (time: number) => new Date(time).toISOString();

  beforeAll(async () => {
    project = host.project('hmon', `${services('10.231.9.200')}${rest}`);
    await host.ok('up', ...project);
    began = Date.now();
    senderBegan = 1000 * Number(host.podman('inspect', sender, '--format', '{{.State.StartedAt.Unix}}'));
  });
  afterAll(() => host.remove());

  test('the ledger has every agent and collector beside the application', async () => {
    visit('web', 'db');
    await until(
      'the application is measured',
      async () => (await cost()).filter(({ role }) => role === 'application').length === 2,
    );
    const rows = await cost();
    const names = (role: string) => rows.filter((row) => row.role === role).map(({ container }) => container);
    expect(names('application')).toEqual(['hmon-db-1', 'hmon-web-1']);
    expect(names('agent')).toEqual([
      'hmon-db-1.flows.probe',
      'hmon-web-1.firewall.guard',
      'hmon-web-1.flows.probe',
      'hmon-web-1.snmp.agent',
      'hmon.latency.db.reflector.reflector',
      sender,
    ]);
    expect(names('collector')).toEqual(['hmon.flows.collector', 'hmon.snmp.collector']);
    expect(names('node')).toEqual(['heddle node']);
    for (const row of rows.filter(({ role }) => role !== 'sandbox')) {
      expect(row.memory, row.container).toBeGreaterThan(10_000);
    }
    expect(rows.find(({ container }) => container === sender)?.cpu).toBeGreaterThan(0);
  });

  test('as a table, it ends with what the application and its management use', async () => {
    const table = await host.ok('cost', ...project);
    expect(table).toMatch(/^CONTAINER +ROLE +FEATURE +CPU +MEMORY +PEAK +SENT +RECEIVED$/m);
    expect(table).toMatch(/^TOTAL application .*%/m);
    expect(table).toMatch(/^TOTAL management .*%/m);
  });

  test('a flow that both ends saw is shown once, and added up to who sends whom how much', async () => {
    const window = ['--since', since(began), '--filter', 'proto tcp and dst port 80'];
    const flows = () => host.json<FlowRecord[]>('flows', ...project, 'db', ...window);
    await until('both probes have exported it', async () =>
      (await flows()).some(({ exporters }) => exporters.length === 2),
    );
    const merged = await flows();
    const raw = await host.json<FlowRecord[]>('flows', ...project, 'db', '--raw', ...window);
    expect(raw.length).toBe(2 * merged.length);
    const [top] = await host.json<Talkers[]>('flows', ...project, 'db', '--top', ...window);
    expect(top).toMatchObject({ source: 'web', destination: 'db', flows: merged.length });
    expect(top?.bytes).toBe(merged.reduce((sum, { bytes }) => sum + bytes, 0));
  });

  test('rules are suggested that let pass what was seen, and are valid', async () => {
    await host.ok('up', ...project);
    const suggested = await host.ok('firewall', 'suggest', ...project, 'db');
    expect(suggested).toMatch(
      /ingress:\n +- \{ ports: \[ 80\/tcp \], from: \[ web \] \} # \d+ flows, last \d/,
    );
    expect(suggested).toContain('egress: []');
    const file = path.join(host.folder, 'suggested.yaml');
    writeFileSync(file, suggested);
    const base = project.at(-1) ?? '';
    const spec = await host.ok('spec', '-p', 'hmon', '-f', base, '-f', file);
    expect(spec).toContain('hmon-db-1.firewall');
  });

  test('flows can be followed', async () => {
    const following = host.start('flows', ...project, '--follow', '--format', 'json');
    // Whatever it shows is newer than its start; there is something to show before long.
    await until('a flow is shown', () => {
      visit('web', 'db');
      return following.printed().includes('\n');
    });
    await following.end();
    const shown = following
      .printed()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as FlowRecord);
    const keys = shown.map(({ first, source, destination }) =>
      [first, source.address, source.port, destination.address, destination.port].join(' '),
    );
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('metrics are clean, on the socket and on the loopback', async () => {
    const { metrics } = JSON.parse(overSocket('/v1/node')) as NodeInfo;
    for (const text of [overSocket('/metrics'), curl(metrics ?? '')]) {
      expect(execFileSync(promtool, ['check', 'metrics'], { input: text, encoding: 'utf8' })).toBe('');
      for (const feature of ['flows', 'snmp', 'firewall', 'latency']) {
        expect(text).toContain(`heddle_feature_up{project="hmon",feature="${feature}"} 1`);
      }
      expect(text).toMatch(
        /heddle_flows_bytes_per_second\{project="hmon",source="web",destination="db"\} \d/,
      );
      expect(text).toMatch(/heddle_interface_received_bytes_total\{.*interface="eth0"\} \d/);
    }
    const others = curl('-o', '/dev/null', '-w', '%{http_code}', `${metrics}/../v1/applications`);
    expect(others).toBe('404');
  });

  test('the alerts that come with the package fire on what they are for', () => {
    const fixture = path.join(root, 'test/fixtures/heddle.rules.test.yml');
    expect(execFileSync(promtool, ['test', 'rules', fixture], { encoding: 'utf8' })).toContain('SUCCESS');
  });

  test('an agent over its budget for a minute is detached, and stays so', async () => {
    const statusOf = async (name: string) =>
      (await host.json<ContainerStatus[]>('ps', ...project)).find((row) => row.name === name);
    await until('the sender is detached', async () => (await statusOf(sender))?.state === 'detached');
    expect(Date.now() - senderBegan).toBeGreaterThanOrEqual(60_000);
    expect((await statusOf(sender))?.note).toMatch(/over its budget of 0\.1 %; `heddle up` brings it back$/);
    // The next look at everything, with which a node starts, brings back what ended, and not what was detached.
    await host.killNode();
    const probe = host.killContainer('hmon-db-1.flows.probe');
    await host.ok('start', ...project, 'web');
    await probe;
    expect(host.podman('ps', '-aq', '--filter', `name=^${sender}$`)).toBe('');
  });

  test('a function in the path over its budget is named, and stays', async () => {
    const guard = 'hmon-web-1.firewall.guard';
    await until('ps says so', async () =>
      (await host.json<ContainerStatus[]>('ps', ...project)).some(
        ({ name, state, note }) => name === guard && state === 'running' && note?.startsWith('alert: used '),
      ),
    );
    expect(overSocket('/metrics')).toContain(
      `heddle_over_budget{project="hmon",container="${guard}",detached="false"} 1`,
    );
  });

  test('what was measured before the node was killed is there after', async () => {
    const rows = await cost('--since', since(began));
    const seconds = (Date.now() - began) / 1000;
    expect(rows.find(({ container }) => container === 'hmon-web-1')?.seconds).toBeGreaterThan(seconds - 15);
  });

  test('up brings a detached agent back', async () => {
    await host.ok('up', ...project);
    const row = (await host.json<ContainerStatus[]>('ps', ...project)).find(({ name }) => name === sender);
    expect(row).toMatchObject({ state: 'running', note: null });
  });

  test('a flow keeps the name that its address had then', async () => {
    const window = ['--since', since(began), '--filter', 'proto tcp and dst port 80'];
    const before = await host.json<FlowRecord[]>('flows', ...project, 'db', ...window);
    expect(before.map(({ destination }) => destination.address)).toContain('10.231.9.200');
    // Another service takes db's address.
    host.project(
      'hmon',
      `${services('10.231.9.201')}  thief: { ${tiny}, init: true, depends_on: [db], networks: { default: { ipv4_address: 10.231.9.200 } } }${rest}`,
    );
    await host.ok('up', ...project);
    const after = await host.json<FlowRecord[]>('flows', ...project, ...window);
    const then = after.filter(({ destination }) => destination.address === '10.231.9.200');
    expect(then.length).toBe(before.length);
    for (const { destination } of then) expect(destination.service).toBe('db');
  });
});
