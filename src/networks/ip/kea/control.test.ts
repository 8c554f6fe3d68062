import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ask } from './control.ts';

/** A socket where everything is answered with a text; what was asked, by and by. */
async function answering(answer: string): Promise<{ socket: string; asked: string[] }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-kea-'));
  const asked: string[] = [];
  const server = createServer((connection) => {
    connection.on('error', () => {});
    connection.on('data', (data) => {
      asked.push(String(data));
      connection.end(answer);
    });
  });
  const socket = `${folder}/socket`;
  server.listen(socket);
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });
  return { socket, asked };
}

test('what it did is done', async () => {
  const { socket, asked } = await answering('{ "result": 0, "text": "Configuration successful." }');
  await ask(socket, 'config-reload');
  expect(asked).toEqual(['{"command":"config-reload"}']);
});

test('what it was asked for is returned', async () => {
  const { socket } = await answering('{ "result": 0, "arguments": { "sockets": { "status": "ready" } } }');
  expect(await ask(socket, 'status-get')).toEqual({ sockets: { status: 'ready' } });
});

test.each([
  ['{ "result": 1, "text": "Invalid character: g" }', 'kea-dhcp4: config-reload: Invalid character: g'],
  ['{ "result": 2 }', 'kea-dhcp4: config-reload: result 2'],
  ['', 'kea-dhcp4: config-reload: it answers what nobody understands'],
  ['[]', 'kea-dhcp4: config-reload: it answers what nobody understands'],
])('what it did not is an error: %s', async (answer, message) => {
  const { socket } = await answering(answer);
  await expect(ask(socket, 'config-reload')).rejects.toMatchObject({ code: 'ERR_DHCP', message });
});

test('one that is not there is an error', async () => {
  await expect(ask('/nowhere/socket', 'version-get')).rejects.toMatchObject({ code: 'ERR_DHCP' });
});
