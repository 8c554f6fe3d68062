import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildSource as source } from '../../../test/support/build-source.ts';
import { buildContext } from './build-context.ts';

describe('a build’s folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'heddle-context-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, text = 'x') => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  };
  const packed = async (more: { dockerfile?: string; dockerfileInline?: string } = {}) => {
    const { archive, dockerfile, read } = await buildContext({ ...source, context: folder, ...more });
    const names: string[] = [];
    const entries = extract();
    entries.on('entry', ({ name }, stream, next) => {
      names.push(name);
      stream.on('end', next).resume();
    });
    archive.pipe(createGunzip()).pipe(entries);
    await Promise.all([read, finished(entries)]);
    return { names: names.sort(), dockerfile };
  };

  test('comes whole but for what .dockerignore names; the Dockerfile always does', async () => {
    for (const name of ['Dockerfile', 'a.txt', 'node_modules/x/y', 'keep/me']) write(name);
    write('.dockerignore', 'node_modules\nDockerfile\n');
    symlinkSync('a.txt', path.join(folder, 'link'));
    expect((await packed()).names).toEqual(
      ['.', '.dockerignore', 'Dockerfile', 'a.txt', 'keep', 'keep/me', 'link'].sort(),
    );
  });

  test('may have its Dockerfile inline, which is put nowhere but into the archive', async () => {
    write('a.txt');
    const { names, dockerfile } = await packed({ dockerfileInline: 'FROM scratch\n' });
    expect(names).toContain(dockerfile);
    expect(execFileSync('ls', ['-A', folder], { encoding: 'utf8' })).toBe('a.txt\n');
  });

  test('may hold a pipe, which is left out', async () => {
    write('Dockerfile');
    execFileSync('mkfifo', [path.join(folder, 'pipe')]);
    expect((await packed()).names).not.toContain('pipe');
  });

  test('that changes while it is read is an error, and nothing else', async () => {
    write('a', randomBytes(4 << 20).toString('hex'));
    const { archive, read } = await buildContext({ ...source, context: folder });
    // In the middle of the file.
    archive.once('data', () => truncateSync(path.join(folder, 'a')));
    archive.on('error', () => {}).resume();
    await expect(read).rejects.toMatchObject({
      code: 'ERR_FILE_NOT_FOUND',
      message: expect.stringContaining(`the build context ${folder} changed`),
    });
  });

  test('that is none is an error', async () => {
    const { archive, read } = await buildContext({ ...source, context: path.join(folder, 'none') });
    archive.on('error', () => {}).resume();
    await expect(read).rejects.toMatchObject({ code: 'ERR_FILE_NOT_FOUND' });
  });
});
