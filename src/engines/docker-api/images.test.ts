import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Docker from 'dockerode';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildSource as source } from '../../../test/support/build-source.ts';
import { DockerImages } from './images.ts';
import { RegistryCredentials } from './registry/credentials.ts';

/** Base64 of its entries has both characters that the two alphabets differ in. */
const password = '~~~???>>>ÿÿÿ';

describe('what an engine is told of credentials', () => {
  let folder: string;
  let server: Server;
  let asked: { url: string; auth: unknown; config: unknown }[];
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'heddle-images-'));
    asked = [];
    const read = (header: string | string[] | undefined) =>
      header === undefined ? undefined : JSON.parse(Buffer.from(String(header), 'base64url').toString());
    server = createServer((request, response) => {
      const { 'x-registry-auth': auth, 'x-registry-config': config } = request.headers;
      expect(`${auth} ${config}`).not.toMatch(/[+/]/);
      asked.push({ url: request.url ?? '', auth: read(auth), config: read(config) });
      request.resume().on('end', () => response.end('{}'));
    });
    await new Promise<void>((resolve) => server.listen(path.join(folder, 'socket'), resolve));
    const auth = Buffer.from(`me:${password}`).toString('base64');
    writeFileSync(path.join(folder, 'config.json'), JSON.stringify({ auths: { 'r.example': { auth } } }));
    writeFileSync(path.join(folder, 'Dockerfile'), 'FROM r.example/app\n');
  });
  afterEach(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const images = (credentials?: RegistryCredentials) =>
    new DockerImages(new Docker({ socketPath: path.join(folder, 'socket') }), credentials);
  const informed = () => images(new RegistryCredentials({ DOCKER_CONFIG: folder }));
  const login = { serveraddress: 'r.example', username: 'me', password };
  const quietly = () => {};

  test('to pull and to push: those of the registry, and in no address', async () => {
    await informed().pull('r.example/app:1', quietly);
    await informed().push('r.example/app:1', quietly);
    expect(asked).toEqual([
      { url: '/images/create?fromImage=r.example%2Fapp&tag=1', auth: login, config: undefined },
      { url: '/images/r.example/app/push?tag=1', auth: login, config: undefined },
    ]);
  });

  test('without any for the registry: nothing to pull, and an empty one to push', async () => {
    await informed().pull('other.example/app:1', quietly);
    await informed().push('other.example/app:1', quietly);
    expect(asked.map(({ auth }) => auth)).toEqual([undefined, {}]);
  });

  test('to build: all that there are', async () => {
    await informed().build('x', { ...source, context: folder }, quietly);
    expect(asked[0]).toMatchObject({ config: { 'r.example': login } });
    expect(asked[0]?.url).not.toContain('registryconfig');
  });

  test('nothing, where it reads them itself', async () => {
    await images().pull('r.example/app:1', quietly);
    await images().push('r.example/app:1', quietly);
    await images().build('x', { ...source, context: folder }, quietly);
    expect(asked).toHaveLength(3);
    for (const { auth, config } of asked) expect([auth, config]).toEqual([undefined, undefined]);
  });
});
