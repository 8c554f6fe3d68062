import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';

const file = path.join(import.meta.dirname, 'http-request-process.ts');

async function asking(server: Server) {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file]);
  const { port } = server.address() as AddressInfo;
  const request = { port, path: '/stop', hook: 'stop', body: '{}', most: 100 };
  child.stdin.write(`${JSON.stringify(request)}\n`);
  return child;
}

test('asks once, prints the answer and ends', async () => {
  const server = createServer((_request, response) => response.end('{ "left": 0 }'));
  const child = await asking(server);
  const [printed, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  expect(JSON.parse(printed)).toEqual({ status: 200, body: '{ "left": 0 }' });
  expect(code).toBe(0);
  server.close();
});

test('ends with whoever started it, also when nobody answers', async () => {
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  const server = createServer(() => resolve());
  const child = await asking(server);
  await asked;
  child.stdin.end();
  await once(child, 'close');
  server.closeAllConnections();
  server.close();
});
