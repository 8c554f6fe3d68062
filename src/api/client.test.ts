import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { followFlowsContract, topTalkersContract } from '../features/flows/contract.ts';
import { featureRoutes } from '../features/index.ts';
import { HeddleError, SeveralErrors } from '../lib/errors.ts';
import { NodeClient } from './client.ts';
import type { NodeService } from './node-service.ts';
import { routes } from './routes/index.ts';
import { createServer, group, listen } from './server.ts';

let folder: string;
let socket: string;
let server: FastifyInstance | undefined;
let node: Partial<Record<keyof NodeService, unknown>>;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'heddle-client-'));
  socket = path.join(folder, 'sock');
  node = {};
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  rmSync(folder, { recursive: true });
});

async function serve(): Promise<void> {
  const host = { specOf: (project: string) => fail('ERR_PROJECT_UNKNOWN', project) };
  server = createServer(group(routes, node as NodeService), group(featureRoutes, host as never));
  await listen(server, socket);
}

function fail(code: 'ERR_PROJECT_UNKNOWN', message: string): never {
  throw new HeddleError(code, message, { hint: 'look', at: { file: 'a.yaml', line: 1, column: 2 } });
}

async function all<T>(lines: AsyncIterable<T>): Promise<T[]> {
  const read: T[] = [];
  for await (const line of lines) read.push(line);
  return read;
}

describe('a client', () => {
  test('says that the node is of another version when that has no such route', async () => {
    server = createServer();
    await listen(server, socket);
    const client = new NodeClient(socket);
    const other = { code: 'ERR_NODE_VERSION', hint: expect.stringContaining('Restart the node') };
    await expect(client.summaries()).rejects.toMatchObject(other);
    await expect(all(client.down('shop', {}))).rejects.toMatchObject(other);
  });

  test('says what the node is asked, and gets what it answers', async () => {
    const asked: unknown[] = [];
    node.status = (...said: unknown[]) => {
      asked.push(said);
      return [];
    };
    node.logs = async function* (project: string, query: object) {
      asked.push([project, query]);
      yield { container: 'shop-web-1', stream: 'stdout', text: 'a\nb' };
    };
    await serve();
    const client = new NodeClient(socket);
    expect(await client.status('shop', ['web', 'd b'])).toEqual([]);
    const query = { services: ['web'], follow: false, tail: 5, since: 1.5, timestamps: true };
    expect(await all(client.logs('shop', query))).toEqual([
      { container: 'shop-web-1', stream: 'stdout', text: 'a\nb' },
    ]);
    expect(asked).toEqual([
      ['shop', ['web', 'd b']],
      ['shop', query],
    ]);
  });

  test('says that the node ended, where it does in the middle of what it says', async () => {
    node.nodeLogs = async function* () {
      yield { message: 'the node stops' };
      void server?.close();
      await new Promise(() => {});
    };
    await serve();
    const following = new NodeClient(socket).nodeLogs({ follow: true });
    expect((await following.next()).value).toMatchObject({ message: 'the node stops' });
    await expect(following.next()).rejects.toMatchObject({ code: 'ERR_NODE_ABSENT' });
  });

  test('throws what went wrong at the node, with its code, hint and place, and all parts of it', async () => {
    node.status = () => fail('ERR_PROJECT_UNKNOWN', 'no such application');
    node.down = () => {
      const parts = [new HeddleError('ERR_ENGINE', 'one'), new HeddleError('ERR_TIMEOUT', 'two')];
      throw new SeveralErrors('ERR_ENGINE', 'two things', parts);
    };
    await serve();
    const client = new NodeClient(socket);
    await expect(client.status('shop')).rejects.toMatchObject({
      code: 'ERR_PROJECT_UNKNOWN',
      message: 'no such application',
      hint: 'look',
      at: { file: 'a.yaml', line: 1, column: 2 },
    });
    await expect(all(client.down('shop', {}))).rejects.toMatchObject({
      message: 'two things',
      errors: [
        { code: 'ERR_ENGINE', message: 'one' },
        { code: 'ERR_TIMEOUT', message: 'two' },
      ],
    });
  });

  test('throws what ends an answer that has begun', async () => {
    node.logs = async function* () {
      yield* [];
      fail('ERR_PROJECT_UNKNOWN', 'gone');
    };
    await serve();
    const read = all(new NodeClient(socket).logs('shop', { services: [], follow: true, timestamps: false }));
    await expect(read).rejects.toMatchObject({ code: 'ERR_PROJECT_UNKNOWN', message: 'gone' });
  });

  test('asks features by their contracts', async () => {
    await serve();
    const client = new NodeClient(socket);
    const top = client.ask<typeof topTalkersContract>('GET /v1/applications/:project/flows/top', {
      params: { project: 'shop' },
      query: { limit: 5 },
    });
    await expect(top).rejects.toMatchObject({ code: 'ERR_PROJECT_UNKNOWN', message: 'shop' });
    const flows = client.follow<typeof followFlowsContract>('GET /v1/applications/:project/flows/follow', {
      params: { project: 'shop' },
      query: { filter: '-w /etc/passwd' },
    });
    await expect(flows.next()).rejects.toMatchObject({
      code: 'ERR_USAGE',
      message: 'query.filter: a filter does not begin with -',
    });
  });

  test('passes archives through both ways, with what stands at their path', async () => {
    let written = '';
    const stat = { name: 'ü', kind: 'file', target: '' };
    node.readArchive = async () => ({ stat, archive: Readable.from([Buffer.from('tar')]) });
    node.writeArchive = async (_project: string, _place: object, archive: Readable) => {
      written = await text(archive);
    };
    await serve();
    const { handling } = new NodeClient(socket);
    const place = { service: 'web', path: '/a b' };
    const read = await handling.readArchive('shop', place);
    expect([read.stat, await text(read.archive)]).toEqual([stat, 'tar']);
    const archive = new PassThrough();
    archive.end('bytes');
    await handling.writeArchive('shop', place, archive);
    expect(written).toBe('bytes');
  });
});

describe('where no node listens', () => {
  test('that is what is said', async () => {
    await expect(new NodeClient(socket).info()).rejects.toMatchObject({ code: 'ERR_NODE_ABSENT' });
  });

  test('it is started, once, by a client that may', async () => {
    let started = 0;
    node.summaries = () => [];
    const client = new NodeClient(socket, async () => {
      started++;
      await serve();
    });
    expect([await client.summaries(), await client.summaries(), started]).toEqual([[], [], 1]);
  });
});
