import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readBounded, readBoundedAsync } from './read-bounded.ts';
import { sizeText } from './size-text.ts';

let folder: string;
const at = (name: string) => path.join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'heddle-read-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ways = {
  readBounded: async (...args: Parameters<typeof readBounded>) => readBounded(...args),
  readBoundedAsync,
};

describe.each(Object.entries(ways))('%s', (name, read) => {
  const own = (what: string) => at(`${name}-${what}`);

  test('reads a file up to its limit, and not one byte more', async () => {
    writeFileSync(own('file'), 'x'.repeat(200_000));
    expect((await read(own('file'), { bytes: 200_000 })).length).toBe(200_000);
    await expect(read(own('file'), { bytes: 199_999 })).rejects.toMatchObject({
      code: 'ERR_FILE_TOO_LARGE',
      message: `${own('file')} is larger than 199999 bytes, the most that is read of it`,
    });
  });

  test('refuses a file of a terabyte without reading it', async () => {
    writeFileSync(own('huge'), '');
    truncateSync(own('huge'), 2 ** 40);
    await expect(read(own('huge'), { bytes: 1 << 20 })).rejects.toThrow('larger than 1 MiB');
  });

  test('follows a link only where that is allowed', async () => {
    writeFileSync(own('target'), 'others’ words');
    symlinkSync(own('target'), own('link'));
    expect((await read(own('link'), { bytes: 100 })).toString()).toBe('others’ words');
    await expect(read(own('link'), { bytes: 100, noLinks: true })).rejects.toMatchObject({
      code: 'ERR_FILE_NOT_FOUND',
      message: `${own('link')} is a link, not a file that can be read`,
    });
  });

  test('reads what does not say its size, within the limit', async () => {
    expect((await read('/proc/self/status', { bytes: 1 << 20 })).toString()).toContain('Name:');
    await expect(read('/proc/self/status', { bytes: 10 })).rejects.toMatchObject({
      code: 'ERR_FILE_TOO_LARGE',
    });
  });

  test('refuses devices, folders and sockets, by links as well; /dev/null is empty', async () => {
    const limit = { bytes: 1000, pipe: 1000 };
    expect(await read('/dev/null', limit)).toHaveLength(0);
    symlinkSync('/dev/zero', own('zero'));
    mkdirSync(own('folder'));
    const server = createServer().listen(own('socket'));
    try {
      for (const [file, what] of [
        ['/dev/zero', 'device'],
        [own('zero'), 'device'],
        [own('folder'), 'folder'],
        [own('socket'), 'socket'],
      ] as const)
        await expect(read(file, limit), file).rejects.toMatchObject({
          code: 'ERR_FILE_NOT_FOUND',
          message: `${file} is a ${what}, not a file that can be read`,
        });
    } finally {
      server.close();
    }
  });

  test('a pipe is read where it is allowed, until its writer ends', async () => {
    execFileSync('mkfifo', [own('pipe')]);
    await expect(read(own('pipe'), { bytes: 1000 })).rejects.toThrow('is a pipe');
    const writer = spawn('sh', ['-c', 'exec >"$0"; sleep .1; echo one; sleep .1; echo two', own('pipe')]);
    expect((await read(own('pipe'), { bytes: 1000, pipe: 10_000 })).toString()).toBe('one\ntwo\n');
    writer.kill();
  });

  test('nobody at the other end of a pipe, or one who never ends, is waited for no longer than said', async () => {
    execFileSync('mkfifo', [own('silent')]);
    await expect(read(own('silent'), { bytes: 1000, pipe: 50 })).rejects.toMatchObject({
      code: 'ERR_FILE_NOT_FOUND',
      message: `${own('silent')} is a pipe that did not end within 0.05 s`,
    });
    const endless = spawn('sh', ['-c', 'exec cat /dev/zero >"$0"', own('silent')]);
    try {
      await expect(read(own('silent'), { bytes: 100_000, pipe: 10_000 })).rejects.toMatchObject({
        code: 'ERR_FILE_TOO_LARGE',
      });
    } finally {
      endless.kill();
    }
  });

  test('what is not there is the system’s error', async () => {
    await expect(read(own('nothing'), { bytes: 10 })).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

test('sizes are said as people say them', () => {
  expect([16 << 20, 64 << 10, 1000].map(sizeText)).toEqual(['16 MiB', '64 KiB', '1000 bytes']);
});
