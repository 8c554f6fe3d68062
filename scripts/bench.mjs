// `npm run bench -- NAME [options]`: sets up what the benchmarks compare with, then runs one.
import path from 'node:path';
import { buildDataplane } from './lib/dataplane.mjs';
import { dockerCompose, newerDebianTool } from './lib/newer-debian-tool.mjs';
import { hasRooms, imageStore, inRoom } from './lib/room.mjs';
import { root, run, setUp, stop, toRun } from './lib/setup.mjs';

const others = { 'podman-compose': 'podman-compose', 'docker-compose': 'docker-compose' };
const servers = { bind9: 'named', knot: 'knotd', 'knot-dnsutils': 'kdig', dnsperf: 'dnsperf' };
const links = {
  'etcd-server': 'etcd',
  curl: 'curl',
  'wireguard-tools': 'wg',
  'wireguard-go': 'wireguard-go',
};
/** Those that run in a room: a network, processes and a Podman of their own. */
const roomed = ['chains-upgrade', 'chains-proof', 'chains-reaction', 'chains-sites', 'links', 'trainings'];
const needs = {
  cli: {},
  edge: { haproxy: 'haproxy' },
  'edge-scale': {},
  'edge-failover': { haproxy: 'haproxy', unbound: 'unbound' },
  'edge-dns': servers,
  networks: { iperf3: 'iperf3' },
  chains: { iperf3: 'iperf3' },
  'chains-telemetry': { iperf3: 'iperf3' },
  'chains-upgrade': {},
  'chains-proof': {},
  'chains-reaction': { tcpdump: 'tcpdump' },
  'chains-sites': { ...links, 'docker.io': 'dockerd', 'dnsmasq-base': 'dnsmasq', ethtool: 'ethtool' },
  links: { ...links, iperf3: 'iperf3', 'iputils-ping': 'ping', ethtool: 'ethtool' },
  trainings: {
    'openvswitch-switch': 'ovs-vswitchd',
    haproxy: 'haproxy',
    iperf3: 'iperf3',
    sockperf: 'sockperf',
  },
  'net-switch': { 'openvswitch-switch': 'ovs-vswitchd', ethtool: 'ethtool' },
};
const [name] = process.argv.slice(2).filter((argument) => argument !== '--yes');
await setUp({ ...toRun, ...(needs[name] ?? others) });
if (['networks', 'chains', 'chains-telemetry'].includes(name)) buildDataplane(path.join(root, 'dist'));
// A current Compose beside the one of Debian 12; where there is no way to it, the benchmark goes without.
if (name === 'cli' || name === 'start') newerDebianTool(dockerCompose);

// Where no registry answers, Heddle makes this image from Debian's packages; elsewhere it pulls it.
process.env.HEDDLE_BASE = process.env.HEDDLE_BASE || 'localhost/heddle/base:bookworm';

// An interrupt goes to the benchmark as well, which takes down what it made before it ends.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});

const args = process.argv.slice(2).filter((argument) => argument !== '--yes');
const bench = ['node', '--disable-warning=ExperimentalWarning', 'bench/main.ts', ...args];
process.exit(roomed.includes(name) ? await runInRoom() : run(bench[0], bench.slice(1)));

/** From a room no package can be fetched: all that it is to have is made before. */
async function runInRoom() {
  const isReady = process.env.HEDDLE_TEST_READY === '1';
  if (!isReady && run('node', ['test/support/setup-process.ts']) !== 0)
    stop('What is measured could not be set up.');
  const store = imageStore();
  if (!(await hasRooms(store))) stop('This machine lets no room be made for it.');
  const env = { ...process.env, HEDDLE_TEST_READY: '1', npm_config_offline: 'true' };
  return inRoom(store, bench, { cwd: root, stdio: 'inherit', env });
}
