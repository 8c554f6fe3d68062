import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, afterEach, expect, test } from 'vitest';
import { send } from './send.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-http-'));
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

async function serve(listener: RequestListener, socketPath?: string): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => {
    if (socketPath) server.listen(socketPath, resolve);
    else server.listen(0, '127.0.0.1', resolve);
  });
  return socketPath ?? `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
/** Nothing is kept between two tests. */
const options = { agent: false } as const;
const get = (to: string, more: object = {}) => send({ to, method: 'GET', options, ...more });

test('what is sent arrives, at a Unix socket as at a port, all at once or as it comes', async () => {
  const echo: RequestListener = (request, response) => {
    response.setHeader('seen', `${request.method} ${request.url} ${request.headers['content-type']}`);
    request.pipe(response.writeHead(201));
  };
  const socketPath = await serve(echo, path.join(folder, 'echo.sock'));
  const request = { method: 'POST', headers: { 'content-type': 'text/plain' }, options };
  const there = await send({ to: { socketPath, path: '/a/%2e%2e?b' }, body: 'smørrebrød', ...request });
  expect([there.status, there.headers['seen']]).toEqual([201, 'POST /a/%2e%2e?b text/plain']);
  expect(await there.text(100)).toBe('smørrebrød');
  const port = await serve(echo);
  const streamed = await send({ to: port, body: Readable.from(['{"a":', '1}']), ...request });
  expect(await streamed.json(100)).toEqual({ a: 1 });
});

test('an answer that is cut off after its first bytes is an error', async () => {
  const url = await serve((_, response) => {
    response.write('{"a":');
    setImmediate(() => response.destroy());
  });
  const answer = await get(url);
  await expect(answer.text(100)).rejects.toMatchObject({ code: 'ECONNRESET' });
});

test('a server that takes a request and never answers is given so much time and no more', async () => {
  const url = await serve(() => {});
  for (const [timeouts, phase] of [
    [{ answer: 50 }, 'answer'],
    [{ whole: 50 }, 'whole'],
    [{ answer: 50, whole: 5000 }, 'answer'],
    [{ connect: 5000, answer: 5000, whole: 50 }, 'whole'],
  ] as const)
    await expect(get(url, { timeouts })).rejects.toMatchObject({
      phase,
      message: 'no answer within 0.05 s',
    });
});

test('so is one that begins to answer and does not end', async () => {
  const url = await serve((_, response) => response.writeHead(200).write('so far'));
  for (const [timeouts, phase] of [
    [{ answer: 5000, rest: 50 }, 'rest'],
    [{ answer: 5000, rest: 5000, whole: 1000 }, 'whole'],
  ] as const)
    await expect((await get(url, { timeouts })).text(100)).rejects.toMatchObject({
      name: 'HttpTimeout',
      phase,
    });
});

test('whoever asks may end it, before an answer and in it', async () => {
  const silent = await serve(() => {});
  const aborted = { name: 'AbortError' };
  await expect(get(silent, { signal: AbortSignal.timeout(20) })).rejects.toMatchObject(aborted);
  const url = await serve((_, response) => response.writeHead(200).write('so far'));
  const over = new AbortController();
  const answer = await get(url, { signal: over.signal, timeouts: { rest: 5000 } });
  const chunks = answer[Symbol.asyncIterator]();
  expect(String((await chunks.next()).value)).toBe('so far');
  over.abort();
  // Node's word for an answer that ends early, whoever ends it.
  await expect(chunks.next()).rejects.toMatchObject({ code: 'ECONNRESET' });
});

test('an answer that is too large is none, and of a refusal the beginning is read', async () => {
  const url = await serve((_, response) => {
    Readable.from(
      (function* () {
        for (;;) yield Buffer.alloc(1024, 'x');
      })(),
    ).pipe(response);
  });
  await expect((await get(url)).text(4096)).rejects.toMatchObject({
    name: 'TooLarge',
    message: 'its answer has more than 4 KiB',
  });
  expect(await (await get(url)).beginning(4096)).toBe('x'.repeat(4096));
});

test('what is no JSON is said to be none', async () => {
  const url = await serve((_, response) => response.end('<html>'));
  await expect((await get(url)).json(100)).rejects.toBeInstanceOf(SyntaxError);
});

test('a redirection is not followed', async () => {
  const asked: unknown[] = [];
  const url = await serve((request, response) => {
    asked.push(request.url);
    response.writeHead(302, { location: '/elsewhere' }).end('moved');
  });
  const answer = await get(url);
  expect([answer.status, answer.headers.location, await answer.text(100)]).toEqual([
    302,
    '/elsewhere',
    'moved',
  ]);
  expect(asked).toEqual(['/']);
});

test('a socket that is missing and a port at which nobody listens are the system’s errors', async () => {
  const to = { socketPath: path.join(folder, 'missing.sock'), path: '/' };
  await expect(send({ to, method: 'GET' })).rejects.toMatchObject({ code: 'ENOENT' });
  const url = await serve(() => {});
  const [server] = servers.splice(0);
  await new Promise((resolve) => server?.close(resolve));
  await expect(get(url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('a connection is kept for the next request when the answer was read', async () => {
  const ports: unknown[] = [];
  const url = await serve((request, response) => {
    ports.push(request.socket.remotePort);
    response.end('so');
  });
  for (let count = 0; count < 2; count++) {
    await (await send({ to: url, method: 'GET' })).text(100);
    // The agent has it back once the response has ended.
    await new Promise(setImmediate);
  }
  expect(new Set(ports).size).toBe(1);
});
