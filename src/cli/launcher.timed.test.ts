import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';

const launcher = path.resolve(import.meta.dirname, '../../bin/heddle');
const folder = mkdtempSync(path.join(tmpdir(), 'heddle-launcher-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string) => writeFileSync(path.join(folder, name), text);
write(
  'compose.yaml',
  'services: { app: { image: tiny, environment: [ "LEVEL=${LEVEL:-none}", NODE_OPTIONS ] } }',
);
write('app.env', 'LEVEL=7\nNODE_OPTIONS=--require ./tracing.js\n');

interface Ended {
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

function heddle(args: readonly string[], env: Record<string, string> = {}, input = ''): Promise<Ended> {
  const { NODE_OPTIONS: _, ...rest } = process.env;
  return new Promise((resolve) => {
    const options = { cwd: folder, env: { ...rest, ...env } };
    const child = execFile(launcher, args, options, (error, stdout, stderr) => {
      resolve({ code: error?.code ?? 0, stdout, stderr });
    });
    // One that ends without reading says so by its exit code.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
}

test('an environment file is for the services: what it says to Node.js reaches them, and not Heddle', async () => {
  const { code, stdout, stderr } = await heddle(['config', '--env-file', 'app.env']);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(stdout).toContain('LEVEL: "7"');
  expect(stdout).toContain('NODE_OPTIONS: --require ./tracing.js');
});

test('an environment file that is not there is an error of Heddle’s own', async () => {
  const { code, stderr } = await heddle(['config', '--env-file', 'missing.env']);
  expect(code).toBe(1);
  expect(stderr).toContain('ERR_FILE_NOT_FOUND: the environment file missing.env cannot be read');
});

test('what the caller’s environment says to Node.js reaches the services, and not Heddle', async () => {
  const env = { NODE_OPTIONS: '--require ./none.js', NODE_EXTRA_CA_CERTS: '/none.pem', NODE_PATH: '/none' };
  const { code, stdout, stderr } = await heddle(['config'], env);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(stdout).toContain('NODE_OPTIONS: --require ./none.js');
});

test('options of Node.js are none of Heddle’s, wherever they stand', async () => {
  const options = [
    ['--env-file-if-exists=app.env'],
    ['--require', './none.js'],
    ['--import', './none.js'],
    ['--inspect'],
    ['--title=x'],
    ['--eval', '1'],
  ];
  const ended = await Promise.all(options.map((option) => heddle(['config', ...option])));
  for (const { code, stderr } of ended) {
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: unknown option/);
  }
});

test('a file from standard input is read, and one warning is one line', async () => {
  const env = { COMPOSE_PROJECT_NAME: 'piped' };
  const file = 'services: { a: { image: "x$UNSET" }, b: { image: "y$UNSET", working_dir: $UNSET } }';
  const { code, stdout, stderr } = await heddle(['config', '-f', '-'], env, file);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^name: piped\n/);
  expect(stderr).toBe(
    'standard input:1:25: warning WARN_INTERPOLATION_UNSET: the variable UNSET is not set; an empty text takes its place\n',
  );
});
