import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLog } from '../../lib/log.ts';
import type { HttpServer } from '../listen/http-server.ts';
import { serveMetrics } from './metrics-server.ts';

const log = createLog('silent');
const here = { address: '127.0.0.1', port: 0 };

let server: HttpServer;
let asked = 0;
let answer: () => Promise<string>;
const ask = (path: string, init?: RequestInit) =>
  fetch(`http://127.0.0.1:${server.endpoint.port}${path}`, init);

beforeEach(async () => {
  asked = 0;
  answer = async () => 'heddle_edge_view_epoch 1\n';
  const shown = () => {
    asked++;
    return answer();
  };
  server = (await serveMetrics(here, shown, log)) as HttpServer;
});
afterEach(() => server.close());

test('gives the metrics to who asks for them, and nothing else', async () => {
  const response = await ask('/metrics');
  expect(await response.text()).toBe('heddle_edge_view_epoch 1\n');
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  for (const other of [ask('/'), ask('/metrics/../v1'), ask('/metrics', { method: 'POST' })])
    expect((await other).status).toBe(404);
  expect(asked).toBe(1);
});

test('several that ask at once get what one does', async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  answer = () => promise;
  const socket = connect(server.endpoint.port, '127.0.0.1');
  const request = (more: string) => `GET /metrics HTTP/1.1\r\nHost: here\r\n${more}\r\n`;
  socket.write(request('') + request('Connection: close\r\n'));
  await expect.poll(() => asked).toBe(1);
  resolve('same\n');
  expect((await text(socket)).match(/same/g)).toHaveLength(2);
  expect(asked).toBe(1);
});

test('a defect is no end', async () => {
  answer = async () => {
    throw new Error('broken');
  };
  expect((await ask('/metrics')).status).toBe(500);
  answer = async () => 'again\n';
  expect(await (await ask('/metrics')).text()).toBe('again\n');
});

test('a port that is taken is no reason not to go on', async () => {
  expect(await serveMetrics(server.endpoint, answer, log)).toBeUndefined();
});
