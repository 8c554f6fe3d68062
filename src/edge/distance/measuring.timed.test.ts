import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Log } from '../../lib/log.ts';
import { origin } from './coordinate.ts';
import { writeAsk } from './echo/datagram.ts';
import { echoPort } from './echo/echo.ts';
import { echoPeers } from './echo/keys.ts';
import { Measuring } from './measuring.ts';
import type { DistanceReport } from './row.ts';

// Real sockets on addresses of the loopback that nothing else uses; a relay between them is the way.

const secret = Buffer.from('a secret of the whole edge');
const oslo = '127.81.0.1';
const bonn = '127.81.0.2';
/** Under which each finds the other: the relay. */
const bonnFromOslo = '127.81.0.12';
const osloFromBonn = '127.81.0.11';
const waiting = { timeout: 15_000, interval: 50 };

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const warn = vi.fn();
const log = { warn } as unknown as Log;

function measuring(
  site: string,
  address: string,
): { one: Measuring; reported: () => DistanceReport | undefined } {
  let reported: DistanceReport | undefined;
  const report = (report: DistanceReport) => {
    reported = report;
  };
  const one = new Measuring({ site, addresses: [address], report, log });
  closing.push(() => one.close());
  return { one, reported: () => reported };
}

async function socketOn(address: string, port = echoPort): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind({ address, port });
  await once(socket, 'listening');
  closing.push(() => socket.close());
  return socket;
}

/** Carries datagrams to a gateway and its answers back, so many milliseconds later each. */
async function relay(at: string, to: string, delay: number): Promise<void> {
  const [front, back] = [await socketOn(at), await socketOn(at, 0)];
  let asks = 0;
  front.on('message', (bytes, { port, address }) => {
    // Every tenth is lost.
    if (asks++ % 10 === 9) return;
    setTimeout(() => back.send(bytes, echoPort, to), delay);
    back.once('message', (answer) => setTimeout(() => front.send(answer, port, address), delay));
  });
}

describe('two gateways', () => {
  test('measure the way between them, and find where they are', async () => {
    await relay(bonnFromOslo, bonn, 10);
    await relay(osloFromBonn, oslo, 10);
    const [a, b] = [measuring('oslo', oslo), measuring('bonn', bonn)];
    await a.one.setPeers(echoPeers(secret, 'oslo', { oslo: [], bonn: ['fd00::1', bonnFromOslo] }));
    await b.one.setPeers(echoPeers(secret, 'bonn', { bonn: [], oslo: [osloFromBonn] }));
    // What this machine adds when it is busy goes with more answers.
    await vi.waitFor(() => expect(a.reported()?.row['bonn']?.milliseconds).toBeLessThan(100), waiting);
    // Each of two timers of 10 ms may be early by the part of a millisecond that Node leaves out.
    expect(a.reported()?.row['bonn']?.milliseconds).toBeGreaterThanOrEqual(18);
    await vi.waitFor(() => expect(a.reported()?.coordinate.error).toBeLessThan(1), waiting);
    const [peer] = a.one.peers();
    expect(peer).toMatchObject({ site: 'bonn', figure: a.reported()?.row['bonn'] });
    // The other one ends.
    await closing.pop()?.();
    await vi.waitFor(() => expect(a.one.peers()[0]?.silence).toBeGreaterThan(1500), waiting);
  });

  test('one that cannot listen says so, and tells how long connections take', async () => {
    await socketOn(oslo);
    const { one, reported } = measuring('oslo', oslo);
    await one.setPeers(echoPeers(secret, 'oslo', { oslo: [], bonn: [bonn] }));
    expect(warn).toHaveBeenCalledWith(
      { problem: expect.stringMatching(/the echo cannot listen on 127\.81\.0\.1:8553 .*another program/) },
      'distance measurement is off: its UDP port cannot be opened',
    );
    for (const milliseconds of [31, 30, 35, 90, 33]) one.connected('bonn', milliseconds);
    await vi.waitFor(() => expect(reported()?.handshakes?.['bonn']?.milliseconds).toBe(30), waiting);
    // Who was not asked is not silent.
    expect(one.peers()).toEqual([]);
  });
});

test('a stranger gets nothing', async () => {
  const { one } = measuring('bonn', bonn);
  await one.setPeers(echoPeers(secret, 'bonn', { bonn: [], oslo: [oslo] }));
  const stranger = await socketOn(oslo, 0);
  const received: Buffer[] = [];
  stranger.on('message', (bytes) => received.push(bytes));
  const ask = { nonce: Buffer.alloc(8, 1), coordinate: origin, from: 'oslo' };
  const known = Buffer.from(echoPeers(secret, 'oslo', { bonn: [] }).peers['bonn']?.key ?? '', 'base64');
  for (const bytes of [Buffer.from('hello'), writeAsk(ask, Buffer.from('guess')), Buffer.alloc(1200)])
    stranger.send(bytes, echoPort, bonn);
  // What is answered came after all that was not.
  stranger.send(writeAsk({ ...ask, nonce: Buffer.alloc(8, 2) }, known), echoPort, bonn);
  await vi.waitFor(() => expect(received).toHaveLength(1), waiting);
  expect(received[0]?.subarray(4, 12)).toEqual(Buffer.alloc(8, 2));
});
