import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { TestHost } from './host.ts';
import { installedCommand, prefix, root } from './installed.ts';
import { proxy, tiny } from './tiny.ts';

/** Packs and installs Heddle, and makes its images, once before the end-to-end tests (vitest's globalSetup). */
export async function setup(): Promise<void> {
  if (process.env['HEDDLE_TEST_READY'] === '1') return;
  installPackage();
  await buildImages();
}

/** Packs Heddle, and installs it as a user would. */
export function installPackage(): void {
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

/** Two groups of tests at once would build the same images twice. */
async function buildImages(): Promise<void> {
  const host = new TestHost({ HEDDLE_BASE: 'localhost/heddle/base:bookworm' });
  try {
    const stdio = ['ignore', 'ignore', 'inherit'] as const;
    const build = (...args: string[]) =>
      execFileSync(installedCommand, args, { env: host.env, stdio: [...stdio] });
    build('images', 'build');
    // The services' own, too: where the tests are, no package can be fetched.
    build('build', ...host.project('tiny', `services: { tiny: { ${tiny} }, proxy: { ${proxy} } }`));
    for (const example of ['several-sites', 'training'])
      build('build', '-f', path.join(root, 'examples', example, 'image.yaml'));
  } finally {
    await host.remove();
  }
}

function npm(...args: string[]): void {
  execFileSync('npm', args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
}
