// Makes a machine with Debian 12 or 13 ready. Plain JavaScript for Node 18, since it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { engineConfiguration } from './engine-configuration.mjs';

export const root = path.resolve(
  import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname),
  '../..',
);

/** What is needed: Debian's package, and the program in it that shows whether it is there. */
export const toRun = {
  podman: 'podman',
  runc: 'runc',
  netavark: '/usr/lib/podman/netavark',
  'aardvark-dns': '/usr/lib/podman/aardvark-dns',
  catatonit: 'catatonit',
  iptables: 'iptables',
  iproute2: 'ip',
  nftables: 'nft',
  'util-linux': 'nsenter',
  mmdebstrap: 'mmdebstrap',
  // The edge is built with the package, and loaded by bpftool.
  clang: 'clang',
  'libbpf-dev': '/usr/include/bpf/bpf_helpers.h',
  bpftool: 'bpftool',
};

/** What the tests need besides: a Docker of their own beside Podman, what asks questions, and what reads units. */
export const toTest = {
  ...toRun,
  'docker.io': 'dockerd',
  // Debian 13 has Docker's client in a package of its own.
  ...(debianVersion() === 13 && { 'docker-cli': 'docker' }),
  lxc: 'lxc-start',
  buildah: 'buildah',
  curl: 'curl',
  openssl: 'openssl',
  'knot-dnsutils': 'kdig',
  bind9: 'named',
  knot: 'knotd',
  unbound: 'unbound',
  'dnsmasq-base': 'dnsmasq',
  mosquitto: 'mosquitto',
  'etcd-server': 'etcd',
  haproxy: 'haproxy',
  frr: '/usr/lib/frr/bgpd',
  bird2: 'bird',
  pebble: 'pebble',
  nginx: 'nginx',
  conntrack: 'conntrack',
  iperf3: 'iperf3',
  sockperf: 'sockperf',
  wrk: 'wrk',
  rsync: 'rsync',
  'python3-torch': '/usr/lib/python3/dist-packages/torch/__init__.py',
  tcpdump: 'tcpdump',
  // Whole: it reads templates beside itself.
  'prometheus-alertmanager': 'prometheus-alertmanager',
  'libnginx-mod-stream': '/usr/lib/nginx/modules/ngx_stream_module.so',
  systemd: 'systemd-analyze',
  'openvswitch-switch': 'ovs-vswitchd',
  'python3-os-ken': 'osken-manager',
  ethtool: 'ethtool',
  'iputils-ping': 'ping',
  'qemu-system-x86': 'qemu-system-x86_64',
  'wireguard-tools': 'wg',
  'wireguard-go': 'wireguard-go',
};

/** Installs what is missing, once, after asking; ends the process with a clear message when it cannot. */
export async function setUp(packages) {
  const missing = Object.entries(packages).filter(([, program]) => !isThere(program));
  const names = missing.map(([name]) => name);
  if (process.platform !== 'linux') stop('Heddle runs on Linux.');
  if (process.getuid() !== 0) {
    const also = names.length > 0 ? ` These Debian packages are missing as well: ${names.join(' ')}.` : '';
    stop(`Containers and networks need root: run this with sudo.${also}`);
  }
  if (names.length > 0 && ![12, 13].includes(debianVersion())) {
    stop(
      `This is neither Debian 12 nor 13: install what has these programs yourself: ${missing.map(([, p]) => p).join(' ')}`,
    );
  }
  await install(names, !isInstalled());
  const configuration = process.env.CONTAINERS_CONF || engineConfiguration(path.join(root, '.cache'));
  if (configuration) process.env.CONTAINERS_CONF = configuration;
  process.env.PATH = `${path.join(root, 'node_modules', ownNode(), 'bin')}:${process.env.PATH}`;
}

async function install(names, modules) {
  if (names.length === 0 && !modules) return;
  console.log('To be installed:');
  if (names.length > 0) console.log(`  from Debian, services not started: ${names.join(' ')}`);
  if (modules) console.log('  from npm, into node_modules: what package-lock.json names');
  if (!(await agreed())) stop('Nothing was installed.');
  if (names.length > 0) installPackages(names);
  if (modules) installModules();
}

/** Runs a program with this process's streams; returns its exit code. */
export function run(program, args, options = {}) {
  const result = spawnSync(program, args, { cwd: root, stdio: 'inherit', ...options });
  if (result.error) stop(`${program}: ${result.error.message}`);
  return result.status ?? 1;
}

export function stop(message) {
  console.error(message);
  process.exit(1);
}

function ownNode() {
  return `node-linux-${process.arch === 'arm64' ? 'arm64' : 'x64'}`;
}

export function isThere(program) {
  return programPath(program) !== undefined;
}

function programPath(program) {
  const candidates = program.startsWith('/')
    ? [program]
    : [...process.env.PATH.split(':'), '/usr/sbin', '/sbin'].map((folder) => path.join(folder, program));
  return candidates.find((candidate) => {
    try {
      accessSync(candidate, /\.(so|h)$/.test(candidate) ? constants.R_OK : constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function debianVersion() {
  const text = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  return /^ID=debian$/m.test(text) ? Number(/^VERSION_ID="(\d+)"$/m.exec(text)?.[1]) : undefined;
}

async function agreed() {
  if (process.argv.includes('--yes') || process.env.CI || !process.stdin.isTTY) return true;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question('Go on? [Y/n] ');
  terminal.close();
  return /^(y|yes|)$/i.test(answer.trim());
}

function installPackages(names) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  if (run('apt-get', ['update', '-q'], { env }) !== 0) stop('apt-get update failed.');
  const args = ['install', '-y', '-q', '--no-install-recommends', ...names];
  if (run('sh', ['-c', withoutStarting, 'sh', 'apt-get', ...args], { env }) !== 0)
    stop('apt-get install failed.');
}

/**
 * Debian's packages start their services when they are installed (invoke-rc.d(8)); the tests start a Docker of their
 * own. A shell sees to it that the policy goes away again, also when somebody presses Ctrl-C.
 */
const withoutStarting = `
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  trap 'rm -f $policy' EXIT
  trap 'exit 130' INT TERM
  printf '#!/bin/sh\\nexit 101\\n' > $policy
  chmod 755 $policy
fi
"$@"`;

/**
 * How npm is started. npm leaves out optional packages, and with them binaries, that say they are not for the Node it
 * runs on: under an older one, Heddle's own is fetched first, and npm runs on that.
 */
function npmUnderOwnNode(quiet) {
  if (Number(process.versions.node.split('.')[0]) >= 22) return ['npm', []];
  const { optionalDependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const own = ownNode();
  const folder = path.join(root, '.cache', 'node');
  mkdirSync(folder, { recursive: true });
  const wanted = `${own}@${optionalDependencies[own]}`;
  const args = ['install', '--prefix', folder, '--no-save', '--no-package-lock', ...quiet, wanted];
  if (run('npm', args) !== 0) stop(`${wanted} could not be fetched.`);
  const cli = realpathSync(programPath('npm'));
  return [path.join(folder, 'node_modules', own, 'bin', 'node'), [cli]];
}

/** What was installed is what the lock file names, when the stamp in node_modules says so. */
const stamp = path.join(root, 'node_modules', '.heddle-lock');

function lockHash() {
  return createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
}

function isInstalled() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === lockHash();
}

function installModules() {
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund'];
  const [program, npm] = npmUnderOwnNode(quiet);
  // No package of ours needs its install script: binaries come ready in the packages.
  if (run(program, [...npm, 'ci', ...quiet]) !== 0) stop('npm ci failed.');
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, lockHash());
}
