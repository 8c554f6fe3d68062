import { chmodSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RegistryCredentials } from './credentials.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const hub = 'https://index.docker.io/v1/';

describe('credentials for a registry', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'heddle-registry-'));
    vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });
  const credentials = () => new RegistryCredentials({ DOCKER_CONFIG: folder });
  const file = () => path.join(folder, 'config.json');
  const write = (config: unknown) => writeFileSync(file(), JSON.stringify(config, null, '\t'));
  /** A helper that does what a script says; `$server` is what it was asked for. */
  const helper = (name: string, script: string) => {
    const program = path.join(folder, `docker-credential-${name}`);
    writeFileSync(program, `#!/bin/sh\nserver=$(cat)\n[ "$*" = get ] || exit 9\n${script}\n`);
    chmodSync(program, 0o755);
  };
  const refusal = async (reference = 'r.example/app') => {
    const error = await credentials()
      .of(reference)
      .catch((cause) => cause);
    return { code: error.code, message: error.message, all: `${error.stack} ${error.hint} ${error.cause}` };
  };

  test.each([
    ['nginx', 'hub'],
    ['docker.io/library/nginx:1', 'hub'],
    ['someone/nginx@sha256:00', 'hub'],
    ['r.example/app', 'named'],
    ['localhost:5000/a/b:v1', 'port'],
    ['old.example/app', 'old'],
  ])('are those of the registry that %s is at', async (reference, user) => {
    write({
      auths: {
        [hub]: { auth: base64('hub:a:b') },
        'r.example': { auth: base64('named:a:b') },
        'localhost:5000': { auth: base64('port:a:b') },
        'https://old.example/v1/': { auth: base64('old:a:b') },
      },
    });
    expect(await credentials().of(reference)).toMatchObject({ username: user, password: 'a:b' });
  });

  test('are none without a file, in an empty one, and for a registry that it does not name', async () => {
    expect(await credentials().of('r.example/app')).toBeUndefined();
    writeFileSync(file(), '');
    expect(await credentials().of('r.example/app')).toBeUndefined();
    write({ auths: { 'other.example': { auth: base64('a:b') }, 'r.example': {} } });
    expect(await credentials().of('r.example/app')).toBeUndefined();
  });

  test('may be a token', async () => {
    write({ auths: { 'r.example': { auth: base64('me:'), identitytoken: 'long' } } });
    expect(await credentials().of('r.example/app')).toEqual({
      serveraddress: 'r.example',
      username: 'me',
      identitytoken: 'long',
    });
  });

  test('come from the helper of the registry, or of all others', async () => {
    helper('one', `echo '{"ServerURL":"'$server'","Username":"one","Secret":"'$server'"}'`);
    helper('all', `echo '{"ServerURL":"","Username":"<token>","Secret":"'$server'"}'`);
    write({
      credsStore: 'all',
      credHelpers: { 'r.example': 'one', 'f.example': '' },
      auths: { 'f.example': { auth: base64('f:p') } },
    });
    expect(await credentials().of('r.example/app')).toEqual({
      serveraddress: 'r.example',
      username: 'one',
      password: 'r.example',
    });
    expect(await credentials().of('nginx')).toEqual({ serveraddress: hub, identitytoken: hub });
    expect(await credentials().of('f.example/app')).toMatchObject({ username: 'f', password: 'p' });
  });

  test('are none when the helper has none', async () => {
    helper('all', 'echo credentials not found in native keychain; exit 1');
    write({ credsStore: 'all', auths: { 'r.example': {} } });
    expect(await credentials().of('r.example/app')).toBeUndefined();
  });

  test.each([
    ['fails', 'echo hunter2; echo hunter2 >&2; exit 1', 'failed to give the credentials for r.example'],
    ['talks', 'echo hunter2', 'what it printed for r.example is no credentials'],
    ['shortens', `echo '{"Secret":"hunter2"}'`, 'what it printed for r.example is no credentials'],
  ])('a helper that %s is named, and nothing that it said', async (name, script, why) => {
    helper(name, script);
    write({ credsStore: name });
    const { code, message, all } = await refusal();
    expect(code).toBe('ERR_REGISTRY_CREDENTIALS');
    expect(message).toContain(`docker-credential-${name}: `);
    expect(message).toContain(why);
    expect(all).not.toContain('hunter2');
  });

  test.each([
    ['is-not-there', 'it is not installed'],
    ['x/../../bin/sh', 'this is no name of a program'],
  ])('the helper %s is refused', async (name, why) => {
    write({ credsStore: name });
    expect((await refusal()).message).toContain(`docker-credential-${name}: ${why}`);
  });

  test.each([
    [
      '{\n\t"auths": {\n\t\t"r.example": { "auth": "hunter2" \n',
      /config\.json:\d+:\d+: Docker's configuration is not valid JSON/,
    ],
    [
      '{"auths": {"r.example": {"auth": hunter2}}}',
      /config\.json:\d+:\d+: Docker's configuration is not valid JSON/,
    ],
    ['["hunter2"]', /config\.json:1:1: Docker's configuration is no JSON object/],
    [
      '{\n "auths": {\n  "r.example": "hunter2" } }',
      /config\.json:3:16: auths\.r\.example has a value of the wrong type/,
    ],
    [
      '{\n "auths": { "r.example": { "auth": "hunter2" } } }',
      /config\.json:2:36: auths\.r\.example\.auth is not user:password in base64/,
    ],
  ])(
    'a broken file is refused with the place, and nothing of what stands there: %j',
    async (text, message) => {
      writeFileSync(file(), text);
      const error = await refusal();
      expect(error).toMatchObject({
        code: 'ERR_REGISTRY_CREDENTIALS',
        message: expect.stringMatching(message),
      });
      expect(error.all).not.toContain('hunter2');
    },
  );

  test('a file of any size is not read', async () => {
    write({});
    truncateSync(file(), 1 << 30);
    expect((await refusal()).code).toBe('ERR_FILE_TOO_LARGE');
  });

  test('a build gets those of all registries; a helper that fails is told of', async () => {
    helper('bad', 'exit 1');
    write({
      auths: { 'r.example': { auth: base64('r:p') }, 'empty.example': {} },
      credHelpers: { 'b.example': 'bad' },
    });
    const told: string[] = [];
    const all = await credentials().all(({ message }) => told.push(message));
    expect(all).toEqual({ 'r.example': { serveraddress: 'r.example', username: 'r', password: 'p' } });
    expect(told).toEqual([expect.stringContaining('docker-credential-bad: it failed')]);
  });
});
