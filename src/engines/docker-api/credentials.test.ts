import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { credentialsFor } from './credentials.ts';

const auth = (user: string) => Buffer.from(`${user}:se:cret`).toString('base64');

describe('what `docker login` has left', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'heddle-credentials-'));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });
  const write = (config: unknown) =>
    writeFileSync(
      path.join(folder, 'config.json'),
      typeof config === 'string' ? config : JSON.stringify(config),
    );
  const of = (reference: string) => credentialsFor(reference, { DOCKER_CONFIG: folder });

  /** A credential helper that answers so, and notes what it was asked. */
  const helper = (script: string) => {
    mkdirSync(path.join(folder, 'bin'));
    const file = path.join(folder, 'bin', 'docker-credential-vault');
    writeFileSync(file, `#!/bin/sh\necho "$1 $(cat)" > ${folder}/asked\n${script}\n`);
    chmodSync(file, 0o755);
    vi.stubEnv('PATH', `${path.join(folder, 'bin')}:${process.env['PATH']}`);
  };

  test('is for the registry that an image names, and for Docker’s Hub where it names none', async () => {
    write({
      auths: {
        'https://index.docker.io/v1/': { auth: auth('hubber') },
        'registry.example:5000': { auth: auth('ann') },
        'https://old.example/v1/': { auth: auth('olga') },
      },
    });
    for (const reference of ['nginx', 'library/nginx:1', 'docker.io/library/nginx'])
      expect(await of(reference)).toMatchObject({ username: 'hubber', password: 'se:cret' });
    expect(await of('registry.example:5000/team/app:2')).toEqual({
      username: 'ann',
      password: 'se:cret',
      serveraddress: 'registry.example:5000',
    });
    expect(await of('old.example/app')).toMatchObject({ username: 'olga' });
    expect(await of('other.example/app')).toBeUndefined();
    expect(await of('registry.example/app')).toBeUndefined();
  });

  test('is nothing without a file', async () => {
    expect(await of('nginx')).toBeUndefined();
  });

  test('is asked of a helper', async () => {
    helper(`echo '{"ServerURL":"x","Username":"vera","Secret":"word"}'`);
    write({ auths: { 'one.example': {} }, credHelpers: { 'two.example': 'vault' } });
    expect(await of('two.example/app')).toMatchObject({ username: 'vera', password: 'word' });
    expect(readFileSync(path.join(folder, 'asked'), 'utf8')).toBe('get two.example\n');
    expect(await of('one.example/app')).toBeUndefined();
  });

  test('is a token where a helper says so, and nothing where it knows none', async () => {
    helper(`echo '{"Username":"<token>","Secret":"abc"}'`);
    write({ credsStore: 'vault' });
    expect(await of('nginx')).toEqual({ serveraddress: 'https://index.docker.io/v1/', identitytoken: 'abc' });
    rmSync(path.join(folder, 'bin'), { recursive: true });
    helper('echo credentials not found in native keychain; exit 1');
    expect(await of('nginx')).toBeUndefined();
  });

  test.each([
    ['a file that is no JSON', '{"auths": {"x": {"auth": "c2VjcmV0"'],
    ['another kind of file', { auths: { x: { auth: ['c2VjcmV0'] } } }],
    ['no user and password', { auths: { 'https://index.docker.io/v1/': { auth: 'c2VjcmV0' } } }],
    ['a helper with a path for a name', { credsStore: '../../bin/sh' }],
  ])('%s is refused by its name, and not quoted', async (_name, config) => {
    write(config);
    const error = await of('nginx').catch((cause) => cause);
    expect(error).toMatchObject({ code: 'ERR_ENGINE' });
    expect(String(error.message)).toContain(path.join(folder, 'config.json'));
    expect(JSON.stringify([error.message, String(error.cause ?? '')])).not.toMatch(/c2VjcmV0|secret/);
  });
});
