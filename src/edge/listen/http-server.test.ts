import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { HttpServer } from './http-server.ts';

let server: HttpServer;
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server.close();
});

async function open(perClient = 4): Promise<void> {
  const limits = { connections: 8, perClient };
  server = await HttpServer.open(
    { address: '127.0.0.1', port: 0 },
    (_, response) => response.end('yes'),
    limits,
  );
}

async function join(text: string): Promise<Socket> {
  const socket = connect(server.endpoint.port, '127.0.0.1').on('error', () => {});
  sockets.push(socket);
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

const ask = async () => String(await once(await join('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), 'data'));

test('connections that say nothing, or half a request, keep nobody from asking', async () => {
  await open();
  const idle = await Promise.all(
    Array.from({ length: 40 }, (_, at) => join(at % 2 ? '' : 'GET / HTTP/1.1\r\nX: ')),
  );
  expect(await ask()).toContain('yes');
  await vi.waitFor(() => expect(idle.filter(({ closed }) => !closed).length).toBeLessThan(4));
});

test('who sends a body that nobody wants is answered and left', async () => {
  await open();
  const socket = await join('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nx');
  const closed = once(socket, 'close');
  expect(String(await once(socket, 'data'))).toMatch(/connection: close/i);
  await closed;
});
