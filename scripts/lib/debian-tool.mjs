// Takes one program out of a Debian package, for tests that need the program and not the service that comes with it.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { root, run, stop } from './setup.mjs';

const tools = path.join(root, '.cache', 'tools');

/** Plugins of CNI, which are called one after the other with Heddle's. */
export const cniPlugins = ['tuning', 'portmap', 'bandwidth'];

/** Path of `program` (`usr/bin/promtool`) from a package, fetched once into the checkout's cache. */
export function debianTool(name, program) {
  const tool = path.join(tools, path.basename(program));
  if (existsSync(tool)) return tool;
  mkdirSync(tools, { recursive: true });
  const folder = mkdtempSync(path.join(tools, 'fetch-'));
  console.log(`Fetching ${path.basename(program)} from Debian's package ${name}`);
  const fetched = run('apt-get', ['download', '-q', '-o', 'APT::Sandbox::User=root', name], { cwd: folder });
  const [archive] = fetched === 0 ? readdirSync(folder).filter((file) => file.endsWith('.deb')) : [];
  if (!archive || run('dpkg-deb', ['--extract', archive, 'x'], { cwd: folder }) !== 0) {
    stop(`Debian's package ${name} could not be fetched.`);
  }
  renameSync(path.join(folder, 'x', program), tool);
  rmSync(folder, { recursive: true, force: true });
  return tool;
}
