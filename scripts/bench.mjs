// `npm run bench -- NAME [options]`: sets up what the benchmarks compare with, then runs one.
import path from 'node:path';
import { buildDataplane } from './lib/dataplane.mjs';
import { dockerCompose, newerDebianTool } from './lib/newer-debian-tool.mjs';
import { root, run, setUp, toRun } from './lib/setup.mjs';

const others = { 'podman-compose': 'podman-compose', 'docker-compose': 'docker-compose' };
const servers = { bind9: 'named', knot: 'knotd', 'knot-dnsutils': 'kdig', dnsperf: 'dnsperf' };
const needs = {
  cli: {},
  edge: { haproxy: 'haproxy' },
  'edge-scale': {},
  'edge-failover': { haproxy: 'haproxy', unbound: 'unbound' },
  'edge-dns': servers,
  networks: { iperf3: 'iperf3' },
  chains: { iperf3: 'iperf3' },
  'chains-telemetry': { iperf3: 'iperf3' },
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
process.exit(run('node', ['--disable-warning=ExperimentalWarning', 'bench/main.ts', ...args]));
