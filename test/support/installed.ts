import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');
const prefix = path.join(root, '.cache', 'installed');

/** The command as a user has it: packed, and installed globally under a folder of the tests' own. */
export const installedCommand = path.join(prefix, 'bin', 'heddle');

/** Packs and installs Heddle once before the end-to-end tests (vitest's globalSetup). */
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
}

function npm(...args: string[]): void {
  execFileSync('npm', args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
}
