import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { decode } from 'dns-packet';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { copyOn, dataOf, deltaOf, queryFor, serviceOf, snapshotOf } from '../../../test/support/site-zone.ts';
import type { Endpoint } from '../listen/endpoint.ts';
import { ViewStore } from '../view/view-store.ts';
import { type DnsOptions, DnsServer } from './server.ts';

let server: DnsServer;
let endpoint: Endpoint;
let store: ViewStore;
afterEach(() => server.stop());

async function start(options: DnsOptions = {}, address = '127.0.0.1'): Promise<void> {
  server = new DnsServer(options);
  store = new ViewStore();
  store.subscribe(server);
  store.restore({ message: snapshotOf(), serial: 7 });
  [endpoint] = (await server.start([{ address, port: 0 }])) as [Endpoint];
}

async function askUdp(query: Buffer, { address, port } = endpoint): Promise<Buffer> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  socket.send(query, port, address);
  const [answer] = (await once(socket, 'message')) as [Buffer];
  socket.close();
  return answer;
}

async function openTcp(localAddress = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ host: endpoint.address, port: endpoint.port, localAddress });
  await once(socket, 'connect');
  return socket;
}

/** However it ends: with an end, or with a reset. */
function closeOf(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.on('error', () => {}).on('close', () => resolve()));
}

function framed(query: Buffer): Buffer {
  return Buffer.concat([Buffer.from([query.length >> 8, query.length & 255]), query]);
}

/** Whole answers from a connection; fewer when it ends before. */
async function readAnswers(socket: Socket, count: number): Promise<Buffer[]> {
  const answers: Buffer[] = [];
  let bytes = Buffer.alloc(0);
  for await (const chunk of socket) {
    bytes = Buffer.concat([bytes, chunk as Buffer]);
    while (bytes.length >= 2 && bytes.length >= 2 + bytes.readUInt16BE(0)) {
      answers.push(bytes.subarray(2, 2 + bytes.readUInt16BE(0)));
      bytes = bytes.subarray(2 + bytes.readUInt16BE(0));
    }
    if (answers.length >= count) break;
  }
  return answers;
}

const web = queryFor({ name: 'web.edge.internal' });

describe('over UDP', () => {
  test.each(['127.0.0.1', '::1'])('on %s', async (address) => {
    await start({}, address);
    expect(dataOf(decode(await askUdp(web)) as never)).toEqual(['10.1.0.1']);
  });

  test('a change is answered from at once, and being cut off is said', async () => {
    await start();
    store.restore({ message: deltaOf({ removed: ['shop/web'] }), serial: 8 });
    expect((await askUdp(web))[3]).toBe(3);
    server.stale(true);
    expect(
      (await askUdp(queryFor({ name: 'db.edge.internal', edns: true }))).subarray(-6).toString('hex'),
    ).toBe('000f00020003');
    expect(server.stats()).toMatchObject({ stale: true, serial: 8, queries: { udp: 2, tcp: 0 } });
    expect(server.stats().answers).toEqual({ NXDOMAIN: 1, NOERROR: 1 });
  });

  test('what is asked is counted by type, and timed if that is wanted', async () => {
    await start({ isTimed: true });
    await askUdp(web);
    await askUdp(queryFor({ name: 'web.edge.internal', type: 'SRV' }));
    await askUdp(Buffer.concat([web, Buffer.alloc(1)]));
    expect(server.queries()).toEqual(
      ['A', 'SRV', 'other'].map((type) => ({ type, transport: 'udp', count: 1 })),
    );
    expect(server.answering()).toMatchObject({ count: 3, sum: expect.closeTo(0, 0) });
    await server.stop();
    await start();
    expect(server.answering()).toBeUndefined();
  });

  test('who asks too often gets nothing; a named forwarder does', async () => {
    const limits = { perSecond: 1, burst: 1, slip: 1 };
    await start({ limits });
    await askUdp(web);
    expect(decode(await askUdp(web))).toMatchObject({ flag_tc: true, answers: [] });
    expect(server.stats()).toMatchObject({ limited: 1, truncated: 1 });
    await server.stop();
    await start({ limits, forwarders: ['127.0.0.0/8'] });
    await askUdp(web);
    expect(decode(await askUdp(web))).toMatchObject({ flag_tc: false, answers: [{ data: '10.1.0.1' }] });
  });
});

describe('over TCP', () => {
  test('many queries on one connection are answered in order, however they are cut', async () => {
    await start();
    // Long answers, more than may wait at once.
    const copies = Array.from({ length: 60 }, (_, index) => copyOn(`node-${index}`, 'oulu'));
    store.receive(snapshotOf(serviceOf('big', { copies })));
    const big = queryFor({ name: '_http._tcp.big.shop.svc.edge.internal', type: 'SRV' });
    const socket = await openTcp();
    const queries = Array.from({ length: 1000 }, (_, id) => {
      const query = Buffer.from(big);
      query.writeUInt16BE(id);
      return framed(query);
    });
    const bytes = Buffer.concat(queries);
    for (let at = 0; at < bytes.length; at += 333) socket.write(bytes.subarray(at, at + 333));
    const answers = await readAnswers(socket, 1000);
    expect(answers.map((one) => one.readUInt16BE(0))).toEqual(queries.map((_, id) => id));
    expect(answers.reduce((sum, one) => sum + one.length, 0)).toBeGreaterThan(2e6);
  });

  test.each([
    ['shorter than a header', Buffer.from([0, 11])],
    ['longer than any query', Buffer.from([0x10, 1])],
  ])('a message %s ends the connection', async (_, length) => {
    await start();
    const socket = await openTcp();
    socket.write(length);
    expect(await readAnswers(socket, 1)).toEqual([]);
  });

  test('a connection without a whole query is ended, even if a byte comes now and then', async () => {
    await start({ tcp: { idle: 200 } });
    const socket = await openTcp();
    const bytes = framed(web);
    let sent = 0;
    const drip = setInterval(() => socket.write(bytes.subarray(sent, ++sent)), 20);
    await closeOf(socket).finally(() => clearInterval(drip));
    expect(sent).toBeGreaterThan(2);
    // The client may see the end before the server has.
    await vi.waitFor(() => expect(server.stats()).toMatchObject({ connections: 0, queries: { tcp: 0 } }));
  });

  test('there are no more connections than allowed; the idlest makes room', async () => {
    await start({ tcp: { connections: 2 } });
    const first = await openTcp();
    const second = await openTcp();
    first.write(framed(web));
    await once(first, 'data');
    const third = await openTcp();
    await closeOf(second);
    third.write(framed(web));
    expect(await readAnswers(third, 1)).toHaveLength(1);
    expect(server.stats()).toMatchObject({ connections: 2, displaced: 1 });
  });

  test('hundreds of idle connections and half messages of one client keep nobody from asking', async () => {
    await start();
    const half = framed(web).subarray(0, 9);
    const idle = await Promise.all(Array.from({ length: 300 }, () => openTcp()));
    for (const socket of idle) socket.on('error', () => {}).write(half);
    for (const localAddress of ['127.0.0.1', '127.0.0.2']) {
      const socket = await openTcp(localAddress);
      socket.write(framed(web));
      expect(await readAnswers(socket, 1)).toHaveLength(1);
    }
    await vi.waitFor(() => expect(server.stats().connections).toBeLessThanOrEqual(65));
    for (const socket of idle) socket.destroy();
  });

  test('a client that does not read is not read either', async () => {
    await start();
    const socket = await openTcp();
    socket.pause();
    const many = Buffer.concat(Array.from({ length: 50 }, () => framed(web)));
    // Until the system's buffers are full as well.
    let waiting = true;
    for (let sent = 0; waiting && sent < 20_000; sent++) {
      waiting =
        socket.write(many) || (await Promise.race([once(socket, 'drain').then(() => true), later(300)]));
    }
    expect(waiting).toBe(false);
    socket.destroy();
  });

  test('stopping ends what is open', async () => {
    await start();
    const socket = await openTcp();
    const closed = closeOf(socket.resume());
    await server.stop();
    await closed;
    await expect(openTcp()).rejects.toThrow(/ECONNREFUSED/);
  });
});

function later(milliseconds: number): Promise<boolean> {
  return new Promise((resolve) => setTimeout(() => resolve(false), milliseconds));
}

test('a step of the clock, back or forth, changes nothing', async () => {
  const limits = { perSecond: 0.001, burst: 2, slip: 0 };
  await start({ limits });
  const withCookie = (data: Buffer) => queryFor({ name: 'web.edge.internal', options: [{ code: 10, data }] });
  const answer = decode(await askUdp(withCookie(Buffer.alloc(8, 1)))) as unknown as {
    additionals: { options: { code: number; data: Buffer }[] }[];
  };
  const cookie = answer.additionals[0]?.options.find(({ code }) => code === 10)?.data as Buffer;
  await askUdp(web);
  const real = Date.now;
  const clock = vi.spyOn(Date, 'now');
  try {
    for (const step of [-3_600_000, 7_200_000]) {
      clock.mockImplementation(() => real() + step);
      // Who showed its address is still known, and nobody else is given more.
      expect(decode(await askUdp(withCookie(cookie))).answers).toHaveLength(1);
      const socket = createSocket('udp4').bind(0, '127.0.0.1');
      const limited = server.stats().limited;
      socket.send(web, endpoint.port, endpoint.address);
      await vi.waitFor(() => expect(server.stats().limited).toBe(limited + 1));
      socket.close();
    }
  } finally {
    clock.mockRestore();
  }
});

describe('it does not start', () => {
  test('where another program listens, and leaves nothing open', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    server = new DnsServer({});
    await expect(server.start([{ address: '127.0.0.1', port }])).rejects.toMatchObject({
      code: 'ERR_EDGE_LISTEN',
      message: `DNS cannot listen on 127.0.0.1:${port} (TCP): another program listens there`,
    });
    const udp = createSocket('udp4').bind(port, '127.0.0.1');
    await once(udp, 'listening');
    udp.close();
    other.close();
  });

  test('on an address that is not this host’s', async () => {
    server = new DnsServer({});
    await expect(server.start([{ address: '192.0.2.1', port: 0 }])).rejects.toThrow(/no such address/);
  });

  test('with a forwarder that is none', () => {
    expect(() => new DnsServer({ forwarders: ['resolver'] })).toThrow(/"resolver"/);
  });
});
