import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer as createTcpServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NetworkingClient } from '../../../src/api/networking-client.ts';
import { networkRoutes } from '../../../src/api/routes/networks.ts';
import { createServer, group, listen } from '../../../src/api/server.ts';
import { SocketTransport } from '../../../src/api/socket-transport.ts';
import { metricsText } from '../../../src/lib/metrics/text.ts';
import { networkFamilies } from '../../../src/monitor/metrics/network-families.ts';
import { archetypes } from '../../../src/networks/archetypes.ts';
import { localServices } from '../../../src/networks/local-services.ts';
import type { FrameWish, Trace } from '../../../src/networks/standard/traffic.ts';
import { figuresOf } from '../../../src/node/networking/figures.ts';
import { Networking } from '../../../src/node/networking/networking.ts';
import { openSqliteManager } from '../../../src/state/sqlite-manager.ts';
import { answered, makeNamespace, reaches, removeNamespaces } from '../../support/endpoints.ts';
import { root } from '../../support/installed.ts';
import { type Ovs, startOvs } from '../../support/ovs.ts';
import { until } from '../../support/until.ts';

const ip = (...args: readonly string[]) => execFileSync('ip', args, { encoding: 'utf8' });
const folder = mkdtempSync(path.join(tmpdir(), 'heddle-seen-'));
const socket = path.join(folder, 'node.sock');
const state = openSqliteManager(path.join(folder, 'networks.db'));
const services = localServices(archetypes, state, (name) => {
  const own = `/run/heddle-seen/${name}`;
  mkdirSync(own, { recursive: true, mode: 0o755 });
  return own;
});
const networking = new Networking(services);
const client = new NetworkingClient(new SocketTransport(socket));
const server = createServer(group(networkRoutes, { networking, archetypes: () => [] }));
const addresses: Record<string, string> = {};
const macs: Record<string, string> = {};
let ovs: Ovs;
let foreign: Server;

async function join(network: string, name: string, options: Record<string, unknown> = {}) {
  const attachment = { kind: 'namespace', path: makeNamespace(name), interface: 'eth0' } as const;
  const { status, mac } = await networking.endpoints(network).create({ name, attachment, options });
  macs[name] = mac;
  addresses[name] = [status.observed['addresses'] ?? []].flat().map(String)[0]?.split('/')[0] ?? '';
}

/** Where a frame goes; the same from both sides of the socket. */
async function traced(network: string, frame: FrameWish): Promise<Trace> {
  const found = await client.traffic.trace(network, frame);
  expect(found).toEqual(await networking.traffic.trace(network, frame));
  return found;
}

const rulesOf = ({ steps }: Trace) => steps.map(({ rule }) => rule);
const heddle = async (...args: readonly string[]) =>
  (await promisify(execFile)(path.join(root, 'bin/heddle'), ['net', ...args, '--socket', socket])).stdout;

beforeAll(async () => {
  ovs = await startOvs();
  // A way out, that leads to nobody.
  ip('address', 'add', '192.0.2.1/24', 'dev', 'lan0');
  ip('link', 'set', 'lan0', 'up');
  ip('route', 'add', 'default', 'via', '192.0.2.254');
  await listen(server, socket);
  const made = {
    wire: { archetype: 'linux' },
    lab: { archetype: 'ip', options: { ipv6: true, names: false } },
    other: { archetype: 'ip', options: { names: false } },
    inner: { archetype: 'ip', options: { internal: true, names: false } },
    soft: { archetype: 'sdn', options: { names: false } },
  };
  for (const [name, wish] of Object.entries(made)) await networking.networks.create({ name, ...wish });
  for (const name of ['a', 'b']) await join('wire', name);
  for (const [index, name] of ['a', 'b'].entries())
    ip('-n', name, 'address', 'add', `10.77.0.${index + 1}/24`, 'dev', 'eth0');
  await join('lab', 'c');
  await join('lab', 'd', { ports: [{ port: 80, published: 18_080 }] });
  await join('other', 'e');
  await join('inner', 'f');
  for (const name of ['g', 'h']) await join('soft', name);
});

afterAll(async () => {
  foreign.close();
  await server.close();
  for (const { name } of await networking.networks.list()) {
    for (const endpoint of await networking.endpoints(name).list())
      await networking.endpoints(name).delete(endpoint.name);
    await networking.networks.delete(name);
  }
  for (const service of services.values()) await service.close();
  await state.close();
  ip('route', 'del', 'default');
  ip('address', 'del', '192.0.2.1/24', 'dev', 'lan0');
  ip('link', 'set', 'lan0', 'down');
  removeNamespaces();
  await ovs.stop();
  rmSync(folder, { recursive: true });
});

test('what has passed is counted at each link, whatever the network is made of, by one look', async () => {
  const pairs = [
    ['wire', 'a', '10.77.0.2'],
    ['lab', 'c', addresses['d']!],
    ['soft', 'g', addresses['h']!],
  ] as const;
  const received = async (network: string, name: string) => {
    const [found] = await client.traffic.counters(network);
    return found?.links.find((link) => link.name === name)?.received;
  };
  for (const [network, from, to] of pairs) {
    const before = (await received(network, from))?.packets ?? 0;
    expect(await answered(from, to, 5)).toBe(5);
    expect((await received(network, from))!.packets - before).toBeGreaterThanOrEqual(5);
  }
  const all = await client.traffic.counters();
  expect(all.map(({ network }) => network).sort()).toEqual(['inner', 'lab', 'other', 'soft', 'wire']);
  const kinds = all.find(({ network }) => network === 'soft')?.links.map(({ kind }) => kind);
  expect(kinds).toEqual(['endpoint', 'endpoint', 'host']);
});

test('on a bridge, what it has learned says where a frame goes', async () => {
  const known = await traced('wire', { from: 'a', to: 'b' });
  expect(known).toMatchObject({ outcome: 'delivered', to: [{ kind: 'endpoint', name: 'b' }] });
  expect(rulesOf(known)[0]).toContain(macs['b']);
  const unknown = await traced('wire', { from: 'a', to: '02:77:00:00:00:01', etherType: 0x0880 });
  expect(unknown).toMatchObject({
    outcome: 'flooded',
    etherType: 0x0880,
    to: [{ kind: 'endpoint', name: 'b' }, { kind: 'host' }],
  });
});

test('with IP, the host’s routes and rules say it as well, and what they say is so', async () => {
  expect(await traced('lab', { from: 'c', to: 'd' })).toMatchObject({
    outcome: 'delivered',
    to: [{ kind: 'endpoint', name: 'd' }],
  });
  const out = await traced('lab', { from: 'c', to: '198.51.100.7', protocol: 'tcp', port: 443 });
  expect(out).toMatchObject({ outcome: 'leaves', to: [{ kind: 'interface', name: 'lan0' }] });
  expect(rulesOf(out).at(-1)).toContain('masquerade');
  const across = await traced('lab', { from: 'c', to: addresses['e']! });
  expect(across).toMatchObject({ outcome: 'dropped', to: [] });
  expect(rulesOf(across).at(-1)).toBe('oifname @bridges drop');
  expect(await reaches('c', addresses['e']!)).toBe(false);
  const published = await traced('other', { from: 'e', to: '192.0.2.1', protocol: 'tcp', port: 18_080 });
  expect(published).toMatchObject({ outcome: 'delivered', to: [{ kind: 'endpoint', name: 'lab/d' }] });
  const here = await traced('lab', { from: 'c', to: '192.0.2.1' });
  expect(here).toMatchObject({ outcome: 'delivered', to: [{ kind: 'host' }] });
  expect(await answered('c', '192.0.2.1', 1)).toBe(1);
  const kept = await traced('inner', { from: 'f', to: '198.51.100.7' });
  expect(kept.outcome).toBe('dropped');
  expect(rulesOf(kept)).toEqual(['inner is internal, and has no way out']);
  await expect(client.traffic.trace('lab', { from: 'c', to: 'nobody' })).rejects.toMatchObject({
    code: 'ERR_RESOURCE_INVALID',
  });
});

test('with a controller, its flows say it, with what they have counted', async () => {
  const flowToH = async () =>
    (await client.traffic.flows('soft')).find(({ match }) => match['eth_dst'] === macs['h']);
  expect(await flowToH()).toMatchObject({ table: 1, kind: 'standing', actions: ['output:h'] });
  // Open vSwitch counts what its cache has passed a moment later.
  await until('it has counted', async () => ((await flowToH())?.packets ?? 0) >= 5);
  const known = await traced('soft', { from: 'g', to: 'h' });
  expect(known).toMatchObject({ outcome: 'delivered', to: [{ kind: 'endpoint', name: 'h' }] });
  expect(known.steps.map(({ at }) => at)).toEqual(['endpoint g', 'table 0', 'table 1']);
  const forged = await traced('soft', { from: 'g', to: 'h', sourceMac: macs['h']! });
  expect(forged).toMatchObject({ outcome: 'dropped', to: [] });
  const out = await traced('soft', { from: 'g', to: '198.51.100.7' });
  expect(out).toMatchObject({ outcome: 'leaves', to: [{ kind: 'interface', name: 'lan0' }] });
});

test('what an archetype does not have is refused, and who has it is said', async () => {
  for (const one of [networking, client])
    await expect(one.traffic.flows('lab')).rejects.toMatchObject({
      code: 'ERR_ARCHETYPE_LACKS',
      message: expect.stringMatching(/networks of ip have no flows; of .*sdn/),
    });
});

test('all of it is metrics, and what was mended is counted', async () => {
  const { status } = await networking.networks.read('wire');
  ip('link', 'delete', String(status.observed['interface']));
  for (const service of services.values()) await service.reconcile();
  const repairs = [...services].map(([archetype, { repairs: own }]) => ({ archetype, ...own }));
  const text = await metricsText(networkFamilies, await figuresOf(networking, repairs, [], []), {});
  const lines = text.split('\n');
  const value = (series: string) =>
    Number(lines.find((line) => line.startsWith(`${series} `))?.slice(series.length));
  const ofG = 'network="soft",archetype="sdn",endpoint="g"';
  expect(value(`heddle_network_endpoint_receive_packets_total{${ofG}}`)).toBeGreaterThanOrEqual(5);
  expect(value('heddle_networks{archetype="ip",phase="ready"}')).toBe(3);
  expect(
    value('heddle_network_flows{network="soft",archetype="sdn",table="1",kind="standing",action="pass"}'),
  ).toBeGreaterThan(2);
  // The bridge, and the ports of both.
  expect(value('heddle_network_repairs_total{archetype="linux",result="repaired"}')).toBe(3);
});

test('commands show it', async () => {
  const [stats, flows, trace, dot] = await Promise.all([
    heddle('stats', 'soft'),
    heddle('flows', 'soft'),
    heddle('trace', 'lab', '--from', 'c', '--to', addresses['e']!, '--proto', 'tcp', '--port', '80'),
    heddle('graph', 'lab', 'soft'),
  ]);
  expect(stats).toMatch(/^NETWORK +LINK +INTERFACE +RECEIVED/);
  expect(flows).toContain(`eth_dst=${macs['h']}`);
  expect(trace.trimEnd().split('\n').at(-1)).toBe('dropped');
  expect(dot).toContain('[label="lab\\nip", shape=box];');
  expect(JSON.parse(await heddle('stats', 'lab', '--format', 'json'))).toMatchObject([{ network: 'lab' }]);
});

test('a port at which a program of this host listens is not taken away from it', async () => {
  foreign = createTcpServer((socket) => socket.end('mine'));
  await new Promise<void>((resolve) => foreign.listen(18_090, '127.0.0.1', resolve));
  const wish = { ports: [{ port: 80, published: 18_090 }] };
  await expect(join('other', 'i', wish)).rejects.toMatchObject({
    code: 'ERR_PORT_IN_USE',
    message: expect.stringContaining('tcp port 18090 (127.0.0.1)'),
  });
  expect((await networking.endpoints('other').list()).map(({ name }) => name)).toEqual(['e']);
  // Who comes later does not keep a published port from staying so.
  const later = createTcpServer().listen(18_080, '127.0.0.1');
  const { revision, attachment, options } = await networking.endpoints('lab').read('d');
  const again = { name: 'd', attachment, options, labels: { team: 'red' } };
  expect(await networking.endpoints('lab').update(again, revision)).toMatchObject({
    status: { phase: 'ready' },
  });
  later.close();
});

test('a published port at the loopback of IPv6 is refused', async () => {
  // Who is not answered at all hears that it timed out, minutes later.
  const refused = new Promise((resolve) => connect(18_080, '::1').on('error', resolve));
  expect(await refused).toMatchObject({ code: 'ECONNREFUSED' });
});
