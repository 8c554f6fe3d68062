import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { ask } from './http-request.ts';

async function answered(listener: RequestListener, most = 100) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    return await ask({ port, path: '/configure', hook: 'configure', body: '{"a":1}', most });
  } finally {
    server.close();
  }
}

test('a manager’s server is posted what it is told, and which hook it is', async () => {
  const answer = await answered(async (request, response) => {
    const { method, url, headers } = request;
    response.end(JSON.stringify([method, url, headers['heddle-hook'], await text(request)]));
  });
  expect(answer).toEqual({ status: 200, body: '["POST","/configure","configure","{\\"a\\":1}"]' });
});

test('no redirect is followed', async () => {
  let asked = 0;
  const answer = await answered((_request, response) => {
    asked++;
    response.writeHead(307, { location: '/other' }).end();
  });
  expect(answer).toEqual({ status: 307, body: '' });
  expect(asked).toBe(1);
});

test('an answer that is too long is not read to its end', async () => {
  expect(await answered((_request, response) => response.end('x'.repeat(101)))).toEqual({ isFull: true });
});

test('one that took the request and said nothing is not asked again', async () => {
  let asked = 0;
  const answer = await answered((request) => {
    asked++;
    request.socket.destroy();
  });
  expect(answer).toEqual({ error: 'socket hang up' });
  expect(asked).toBe(1);
});
