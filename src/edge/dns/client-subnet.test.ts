import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { decode } from 'dns-packet';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { copyOn, dataOf, deltaOf, queryFor, serviceOf, snapshotOf } from '../../../test/support/site-zone.ts';
import { ViewStore } from '../view/view-store.ts';
import { DnsServer } from './server.ts';

const [inOulu, elsewhere] = [
  [0, 1, 24, 0, 10, 2, 3],
  [0, 1, 24, 0, 10, 7, 3],
];
const two = (name: string, steer: 'gateway' | 'direct') =>
  serviceOf(name, {
    steer,
    copies: [copyOn('hel-1', 'helsinki'), copyOn('oulu-1', 'oulu', { verdict: 'spare' })],
  });

let server: DnsServer;
let store: ViewStore;
beforeEach(() => {
  server = new DnsServer({ forwarders: ['127.0.0.1'] });
  store = new ViewStore();
  store.subscribe(server);
  store.receive(snapshotOf(two('near', 'gateway'), two('far', 'direct')));
});
afterEach(() => server.stop());

/** What a resolver at an address gets for clients in a network: addresses, and the scope. */
async function ask(name: string, subnet: number[], from = '127.0.0.1') {
  const [endpoint] = await server.start([{ address: '127.0.0.1', port: 0 }]);
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, from, resolve));
  const options = [{ code: 8, data: Buffer.from(subnet) }];
  socket.send(queryFor({ name: `${name}.edge.internal`, options }), endpoint?.port ?? 0, '127.0.0.1');
  const [answer] = (await once(socket, 'message')) as [Buffer];
  socket.close();
  return { addresses: dataOf(decode(answer) as never), scope: answer.at(-4) };
}

test('clients of another site are led to their own gateway, and to the copies there', async () => {
  expect(await ask('near', inOulu as number[])).toEqual({ addresses: ['10.2.0.1'], scope: 24 });
  expect(await ask('far', inOulu as number[])).toEqual({ addresses: ['10.2.0.11'], scope: 24 });
});

test('others are led as clients here are', async () => {
  expect(await ask('near', elsewhere as number[])).toEqual({ addresses: ['10.1.0.1'], scope: 24 });
  expect(await ask('far', elsewhere as number[])).toEqual({ addresses: ['10.1.0.11'], scope: 24 });
});

test('what a resolver says that is no named forwarder counts for nothing', async () => {
  expect(await ask('far', inOulu as number[], '127.0.0.2')).toEqual({ addresses: ['10.1.0.11'], scope: 0 });
});

test('a change holds for them as well', async () => {
  await ask('far', inOulu as number[]);
  store.receive(
    deltaOf({ set: { 'shop/far': serviceOf('far', { copies: [copyOn('hel-1', 'helsinki')] }) } }),
  );
  expect((await ask('far', inOulu as number[])).addresses).toEqual(['10.1.0.11']);
});

test('while no site says which networks its clients are in, the answer is for all', async () => {
  const message = snapshotOf(two('far', 'direct'));
  const { clients: _, ...view } = message.view;
  store.receive({ ...message, view });
  expect(await ask('far', inOulu as number[])).toEqual({ addresses: ['10.1.0.11'], scope: 0 });
});
