import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Docker from 'dockerode';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { endRequests } from './answers.ts';
import { asking } from './errors.ts';

describe('an engine that', () => {
  let folder: string;
  let server: Server;
  let answer: RequestListener;
  let api: Docker;
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'heddle-answers-'));
    server = createServer((request, response) => answer(request, response));
    await once(server.listen(path.join(folder, 'socket')), 'listening');
    api = new Docker({ socketPath: path.join(folder, 'socket') });
    endRequests(api.modem, 200);
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const listing = () => asking('listing containers', () => api.listContainers());

  test('dies in the middle of an answer is gone', async () => {
    answer = (_, response) => response.write('[{"Id":', () => response.destroy());
    await expect(listing()).rejects.toMatchObject({ code: 'ERR_ENGINE_GONE' });
  });

  test('takes a request and never answers hangs', async () => {
    answer = () => {};
    await expect(listing()).rejects.toMatchObject({
      code: 'ERR_ENGINE',
      message: 'listing containers: the engine did not answer within 0.2 s',
      hint: expect.stringContaining('hangs'),
    });
  });

  test('never ends its answer hangs', async () => {
    answer = (_, response) => response.write('[');
    await expect(listing()).rejects.toMatchObject({ message: expect.stringContaining('within 0.2 s') });
  });

  test('waits for a container has all the time that takes, and is asked no longer when nobody waits', async () => {
    answer = (_, response) => {
      response.flushHeaders();
      setTimeout(() => response.end('{"StatusCode":3}'), 400);
    };
    expect(await api.getContainer('a').wait()).toEqual({ StatusCode: 3 });
    const nobody = new AbortController();
    const closed = new Promise((resolve) => {
      answer = (request, response) => {
        request.socket.on('error', () => {}).on('close', resolve);
        response.flushHeaders();
        nobody.abort();
      };
    });
    await expect(api.getContainer('a').wait({ abortSignal: nobody.signal })).rejects.toThrow();
    await closed;
  });

  test.each([
    [200, '[]', []],
    [200, 'no JSON', Buffer.from('no JSON')],
  ])('answers %i %s is understood', async (status, body, understood) => {
    answer = (_, response) => response.writeHead(status).end(body);
    expect(await api.listContainers()).toEqual(understood);
  });

  test('refuses says why', async () => {
    answer = (_, response) => response.writeHead(404).end('{"message":"no such container: a"}');
    await expect(api.getContainer('a').inspect()).rejects.toMatchObject({
      statusCode: 404,
      json: { message: 'no such container: a' },
      message: '(HTTP code 404) no such container - no such container: a ',
    });
    answer = (_, response) => response.writeHead(304).end();
    await expect(api.getContainer('a').start()).rejects.toMatchObject({ statusCode: 304 });
  });
});
