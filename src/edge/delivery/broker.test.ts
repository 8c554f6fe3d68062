import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Authority, type Credentials } from '../ca/authority.ts';
import { Broker } from './broker.ts';
import { Bus } from './bus.ts';
import { dial } from './dial.ts';
import { snapshotTopic, telemetryTopic, viewFilter } from './topics.ts';
import { Trust } from './trust.ts';

let folder: string;
let authority: Authority;
let own: Credentials;
let trust: Trust;
let broker: Broker;
let open: { end(): Promise<void> }[];
const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn(), debug: vi.fn() };

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'heddle-broker-'));
  authority = await Authority.create(folder);
  own = await authority.issue('controller', ['127.0.0.1'], 30);
  trust = new Trust(own.authorities);
  open = [];
  broker = await Broker.open({ listen: { address: '127.0.0.1', port: 0 }, credentials: own, trust, log });
});
afterEach(async () => {
  await Promise.all(open.map((one) => one.end()));
  await broker.close();
  rmSync(folder, { recursive: true });
});

/** Somebody at the broker, and what comes to him. */
function join(credentials: Credentials | undefined, filters: readonly string[]) {
  const heard: string[] = [];
  const problems: string[] = [];
  const events = {
    connected: () => {
      if (filters.length === 0) return;
      bus.subscribe(filters).catch((error: Error) => problems.push(error.message));
    },
    disconnected: (reason: string) => problems.push(reason),
    message: (topic: string) => heard.push(topic),
  };
  const at = { host: '127.0.0.1', port: broker.port };
  const connect = () => (credentials ? dial(at, () => credentials) : broker.connect());
  const bus: Bus = new Bus(connect, Math.random().toString(36).slice(2), events);
  open.push(bus);
  return { bus, heard, problems };
}

const gateway = (site: string) => authority.issue(`gateway:${site}`, [], 30);

test('what is retained comes to who may read it, with certificates of an older and of a newer root', async () => {
  const before = await gateway('oulu');
  await authority.addRoot();
  const after = await gateway('oulu');
  broker.renew({ ...own, authorities: after.authorities, revocations: after.revocations });
  const controller = join(undefined, []);
  await vi.waitFor(() => expect(controller.bus.isConnected).toBe(true));
  await controller.bus.publish(snapshotTopic('gateway:oulu'), 'view', true);
  const bundle = { authorities: after.authorities, revocations: after.revocations };
  for (const credentials of [{ ...before, ...bundle }, after]) {
    const { heard } = join(credentials, [viewFilter('gateway:oulu')]);
    await vi.waitFor(() => expect(heard).toEqual([snapshotTopic('gateway:oulu')]), 5000);
  }
});

test('who asks for another’s is told so', async () => {
  const { heard, problems } = join(await gateway('oulu'), [viewFilter('gateway:berlin')]);
  await vi.waitFor(() => expect(problems.join()).toContain('does not let us read'), 5000);
  expect(heard).toEqual([]);
});

test('who writes about another is sent away', async () => {
  const { bus, problems } = join(await gateway('oulu'), []);
  await vi.waitFor(() => expect(bus.isConnected).toBe(true));
  bus.publish(telemetryTopic('gateway:berlin', 'status'), '{}', true).catch(() => {});
  await vi.waitFor(() => expect(problems).toContain('the broker ended the connection'), 5000);
});

test('who is revoked is sent away at once, and does not come back', async () => {
  const { bus, problems } = join(await gateway('oulu'), []);
  await vi.waitFor(() => expect(bus.isConnected).toBe(true));
  await authority.revoke('gateway:oulu', false);
  const { revocations } = await gateway('berlin');
  await trust.revoke(revocations);
  broker.renew({ ...own, revocations });
  await vi.waitFor(() => expect(problems).toHaveLength(2), 5000);
  expect(problems[0]).toBe('the broker ended the connection');
  expect(bus.isConnected).toBe(false);
});

test('who is of a root that is trusted no more is sent away; who was renewed stays', async () => {
  const older = await gateway('oulu');
  await authority.addRoot();
  const newer = await gateway('berlin');
  const both = { authorities: newer.authorities, revocations: newer.revocations };
  const renewed = await authority.renew('controller', 30);
  trust.believe(both.authorities);
  broker.renew(renewed);
  const [gone, stays] = [join({ ...older, ...both }, []), join(newer, [])];
  for (const { bus } of [gone, stays]) await vi.waitFor(() => expect(bus.isConnected).toBe(true), 5000);
  await authority.dropOldRoots();
  const { authorities, revocations } = await gateway('bonn');
  trust.believe(authorities);
  broker.renew({ ...renewed, authorities, revocations });
  await vi.waitFor(() => expect(gone.problems.length).toBeGreaterThan(1), 5000);
  expect([gone.bus.isConnected, stays.bus.isConnected, stays.problems]).toEqual([false, true, []]);
});

test('a certificate that names no host is refused before any client has to', async () => {
  const listen = { address: '127.0.0.1', port: 0 };
  const credentials = await authority.issue('controller', [], 30);
  await expect(Broker.open({ listen, credentials, trust, log })).rejects.toThrow(/names no host/);
});

test('a broker of another authority is not spoken to', async () => {
  const other = await Authority.create(path.join(folder, 'other'));
  const { bus, problems } = join(await other.issue('gateway:oulu', [], 30), []);
  await vi.waitFor(() => expect(problems).not.toEqual([]), 5000);
  expect(bus.isConnected).toBe(false);
});

test('strangers who say nothing keep nobody from joining', async () => {
  const unauthenticated = await Promise.all(
    Array.from({ length: 600 }, async () => {
      const socket = connect(broker.port, '127.0.0.1').on('error', () => {});
      await once(socket, 'connect');
      return socket;
    }),
  );
  const { bus } = join(await gateway('oulu'), []);
  await vi.waitFor(() => expect(bus.isConnected).toBe(true), 4000);
  await vi.waitFor(() =>
    expect(unauthenticated.filter(({ closed }) => !closed).length).toBeLessThanOrEqual(512),
  );
  for (const socket of unauthenticated) socket.destroy();
});

test('of one member’s connections the idlest makes room', async () => {
  const credentials = await gateway('oulu');
  const all: ReturnType<typeof join>[] = [];
  for (let count = 0; count < 5; count++) {
    const one = join(credentials, []);
    await vi.waitFor(() => expect(one.bus.isConnected).toBe(true), 4000);
    all.push(one);
  }
  await vi.waitFor(() => expect(all[0]?.problems).toContain('the broker ended the connection'));
  expect(all.slice(1).flatMap(({ problems }) => problems)).toEqual([]);
  await Promise.all(all.map(({ bus }) => bus.end()));
});

test('a packet that says it is larger than any telemetry is not waited for', async () => {
  const credentials = await gateway('oulu');
  const socket = dial({ host: '127.0.0.1', port: broker.port }, () => credentials);
  const closed = once(
    socket.on('error', () => {}),
    'close',
  );
  // CONNECT as "x", then PUBLISH of 256 MB.
  socket.write(Buffer.from([0x10, 13, 0, 4, ...Buffer.from('MQTT'), 4, 2, 0, 60, 0, 1, 0x78]));
  expect([...((await once(socket, 'data')) as [Buffer])[0]]).toEqual([0x20, 2, 0, 0]);
  socket.write(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f, 0, 1]));
  await closed;
  expect(log.warn).toHaveBeenCalledWith(
    { who: 'gateway:oulu', problem: 'a packet has more than 18 KiB' },
    'connection closed by the broker: protocol error of a client',
  );
});

test('no session is kept for who is away, and no more filters than there is use for', async () => {
  const credentials = await gateway('oulu');
  const socket = dial({ host: '127.0.0.1', port: broker.port }, () => credentials);
  const closed = once(socket.on('error', () => {}).resume(), 'close');
  socket.write(Buffer.from([0x10, 13, 0, 4, ...Buffer.from('MQTT'), 4, 0, 0, 60, 0, 1, 0x78]));
  await closed;
  const filters = Array.from({ length: 33 }, (_, index) => snapshotTopic('gateway:oulu') + index);
  const { problems } = join(credentials, filters);
  await vi.waitFor(() => expect(problems.join()).toContain('does not let us read'), 4000);
});

test('where another program listens it says so', async () => {
  const listen = { address: '127.0.0.1', port: broker.port };
  await expect(Broker.open({ listen, credentials: own, trust, log })).rejects.toMatchObject({
    code: 'ERR_EDGE_BROKER',
  });
});
