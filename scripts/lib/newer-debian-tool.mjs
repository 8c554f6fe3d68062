// Takes one program out of a package of a newer Debian than the host's, for tests that need it. Nothing is installed: apt works
// with a configuration, lists and a cache of the checkout's own.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { root, run } from './setup.mjs';

const cache = path.join(root, '.cache');
const tools = path.join(cache, 'tools');

/** Docker's own Compose, whose `config` needs no engine: what `heddle config` is compared with. */
export const dockerCompose = {
  name: 'docker-compose',
  program: 'usr/libexec/docker/cli-plugins/docker-compose',
  suite: 'sid',
  version: '2.40.3-3',
  sha256: { amd64: 'e7603d5e6df0f8404f7b03da478022b87d7b50644cffe68884b071e5cfc17fd3' },
};

/** A Podman whose netavark has plugins, which came with 1.6, and the libraries that both need. */
export const newerPodman = {
  folder: 'podman-5',
  suite: 'trixie',
  names: [
    'podman',
    'netavark',
    ...['libc6', 'libgcc-s1', 'libgpgme11t64', 'libgpg-error0', 'libassuan9', 'libsubid5', 'libsqlite3-0'],
    ...['libsystemd0', 'libseccomp2', 'libcap2', 'libselinux1', 'libpcre2-8-0', 'libacl1', 'libaudit1'],
    ...['libcap-ng0', 'libattr1'],
  ],
};

/** A DHCP server, of the Debian that Heddle is written for, with what libraries of it others do not need. */
export const kea = {
  folder: 'kea',
  suite: 'bookworm',
  names: ['kea-dhcp4-server', 'kea-common', 'liblog4cplus-2.0.5', 'libmariadb3', 'libpq5'],
};

/** A folder with what is in packages of a suite, each as it is there now; fetched once into the checkout's cache. */
export function newerDebianPrograms({ folder: name, suite, names }) {
  const kept = path.join(tools, name);
  if (existsSync(kept)) return kept;
  mkdirSync(tools, { recursive: true });
  const folder = mkdtempSync(path.join(tools, 'fetch-'));
  try {
    console.log(`Fetching ${name} from Debian ${suite}`);
    const apt = ownApt(suite);
    const wanted = names.map((one) => `${one}/${suite}`);
    const fetched =
      run('apt-get', [...apt, 'update', '-q'], { cwd: folder }) === 0 &&
      run('apt-get', [...apt, 'download', '-q', ...wanted], { cwd: folder }) === 0;
    const archives = readdirSync(folder).filter((file) => file.endsWith('.deb'));
    const unpacked = archives.every(
      (archive) => run('dpkg-deb', ['--extract', archive, 'x'], { cwd: folder }) === 0,
    );
    if (fetched && unpacked) {
      renameSync(path.join(folder, 'x'), kept);
      return kept;
    }
    console.error(`${name} could not be fetched from Debian ${suite}; its tests will fail.`);
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Path of the program, fetched once into the checkout's cache: the version that is pinned, or when the archive has it no longer,
 * the one that the suite has now. Nothing, with a word on why, when there is no way to it.
 */
export function newerDebianTool(tool) {
  const kept = path.join(tools, path.basename(tool.program));
  if (existsSync(kept)) return kept;
  mkdirSync(tools, { recursive: true });
  const folder = mkdtempSync(path.join(tools, 'fetch-'));
  try {
    console.log(
      `Fetching ${path.basename(tool.program)} from the package ${tool.name} of Debian ${tool.suite}`,
    );
    const archive = download(tool, folder);
    if (archive && run('dpkg-deb', ['--extract', archive, 'x'], { cwd: folder }) === 0) {
      renameSync(path.join(folder, 'x', tool.program), kept);
      return kept;
    }
    console.error(
      `The package ${tool.name} of Debian ${tool.suite} could not be fetched; its tests will fail.`,
    );
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function download({ name, suite, version, sha256 }, folder) {
  const apt = ownApt(suite);
  if (run('apt-get', [...apt, 'update', '-q'], { cwd: folder }) !== 0) return undefined;
  for (const wanted of [`${name}=${version}`, `${name}/${suite}`]) {
    if (run('apt-get', [...apt, 'download', '-q', wanted], { cwd: folder }) !== 0) continue;
    const [archive] = readdirSync(folder).filter((file) => file.endsWith('.deb'));
    const pinned = wanted.includes('=') ? sha256[architecture()] : undefined;
    const hash =
      archive &&
      createHash('sha256')
        .update(readFileSync(path.join(folder, archive)))
        .digest('hex');
    if (archive && (pinned === undefined || hash === pinned)) return archive;
    if (archive) rmSync(path.join(folder, archive));
    console.error(`${wanted} is not what was pinned: its hash is ${hash}`);
  }
  return undefined;
}

/** Options for an apt that knows one suite, from the mirror that the host uses, and touches nothing of the host's. */
function ownApt(suite) {
  const home = path.join(cache, 'apt');
  for (const part of ['lists/partial', 'cache/archives/partial'])
    mkdirSync(path.join(home, part), { recursive: true });
  const keys = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const list = path.join(home, `${suite}.list`);
  writeFileSync(list, `deb [signed-by=${keys}] ${mirror()} ${suite} main\n`);
  const settings = {
    'Dir::Etc::SourceList': list,
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::State::Lists': path.join(home, 'lists'),
    'Dir::Cache': path.join(home, 'cache'),
    'APT::Sandbox::User': 'root',
  };
  return Object.entries(settings).map(([key, value]) => `-o${key}=${value}`);
}

function mirror() {
  const format = ['indextargets', '--format', '$(SITE) $(CODENAME)', 'Created-By: Packages'];
  const sites = execFileSync('apt-get', format, { encoding: 'utf8' }).split('\n');
  const [own = ''] = sites.filter((line) => /\/debian\/? [a-z]+$/.test(line));
  return own.split(' ')[0] || 'http://deb.debian.org/debian';
}

function architecture() {
  return execFileSync('dpkg', ['--print-architecture'], { encoding: 'utf8' }).trim();
}
