import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { runPlugin } from './plugin-process.ts';

const shell = (script: string) => ({ command: '/bin/sh', args: ['-c', script], env: process.env });

test('what it prints is what it says', async () => {
  expect(await runPlugin(shell('echo "$0 says so"; echo noise >&2'))).toBe('/bin/sh says so\n');
});

test('why it failed is what it said on standard error, on one line', async () => {
  await expect(runPlugin(shell('printf "log in\\n\\033[1mfirst" >&2; exit 3'))).rejects.toThrow(
    'it failed with exit code 3: log in [1mfirst',
  );
});

test('one that hangs is ended, with what it started', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-plugin-'));
  const file = path.join(folder, 'pid');
  try {
    await expect(
      runPlugin(shell(`sleep 600 & echo $! > ${file}.new; mv ${file}.new ${file}; wait`), 1000),
    ).rejects.toThrow('it did not answer within 1 s, and was ended');
    const pid = Number(readFileSync(file, 'utf8'));
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 5000 });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('one that prints without end is ended', async () => {
  await expect(runPlugin(shell('exec yes'))).rejects.toThrow('it printed more than');
});

test('one that there is not is named so', async () => {
  await expect(runPlugin({ command: '/nowhere/login', args: [], env: {} })).rejects.toThrow(
    'there is no such program',
  );
});

/** Whether a process runs: one that ended may wait for somebody to ask how. */
function isRunning(pid: number): boolean {
  const file = `/proc/${pid}/stat`;
  return existsSync(file) && !/^\d+ \(sleep\) Z/.test(readFileSync(file, 'utf8'));
}
