import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');
const prefix = path.join(root, '.cache', 'installed');

/** The command as a user has it: packed, and installed globally under a folder of the tests' own. */
export const installedCommand = path.join(prefix, 'bin', 'heddle');

/** Packs and installs Heddle, and makes its images, once before the end-to-end tests (vitest's globalSetup). */
export function setup(): void {
  rmSync(prefix, { recursive: true, force: true });
  const packed = path.join(root, '.cache', 'packed');
  rmSync(packed, { recursive: true, force: true });
  mkdirSync(packed, { recursive: true });
  npm('pack', '--pack-destination', packed);
  const tarball = readdirSync(packed).find((name) => name.endsWith('.tgz'));
  npm(
    'install',
    '--global',
    '--prefix',
    prefix,
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    path.join(packed, tarball ?? ''),
  );
  if (!existsSync(installedCommand)) throw new Error(`npm installed no ${installedCommand}`);
  buildImages();
}

/** Two files at once would build the same images twice. */
function buildImages(): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-test-'));
  const env = {
    ...process.env,
    HEDDLE_STATE_DIR: `${folder}/state`,
    HEDDLE_RUN_DIR: folder,
    HEDDLE_METRICS: 'off',
  };
  const stdio = ['ignore', 'ignore', 'inherit'] as const;
  execFileSync(installedCommand, ['images', 'build'], { env, stdio: [...stdio] });
  const asked = execFileSync('curl', ['-s', '--unix-socket', `${folder}/node.sock`, 'http://node/v1/node']);
  const { pid } = JSON.parse(asked.toString()) as { pid: number };
  process.kill(pid, 'SIGTERM');
  // It has an engine's service to end before its folder may go.
  execFileSync('timeout', ['20', 'tail', '--pid', String(pid), '-f', '/dev/null']);
  rmSync(folder, { recursive: true, force: true });
}

function npm(...args: string[]): void {
  execFileSync('npm', args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
}
