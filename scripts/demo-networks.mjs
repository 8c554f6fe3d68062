// `npm run demo:networks`: sets up, then shows networks of three architectures over two hosts, in a lab of namespaces
// (examples/three-archetypes). With `--keep` the lab goes on until Ctrl-C; `--remove` removes one that was killed.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { runExample } from './lib/example.mjs';
import { root, setUp } from './lib/setup.mjs';

await setUp({
  iproute2: 'ip',
  'util-linux': 'nsenter',
  nftables: 'nft',
  'dnsmasq-base': 'dnsmasq',
  catatonit: '/usr/bin/catatonit',
  'openvswitch-switch': 'ovs-vswitchd',
  'etcd-server': 'etcd',
  clang: 'clang',
  'libbpf-dev': '/usr/include/bpf/bpf_helpers.h',
  bpftool: 'bpftool',
  ethtool: 'ethtool',
  tcpdump: 'tcpdump',
  curl: 'curl',
});
// The edge's programs and what speaks to them are in C: in a clone they are not there yet.
const built = spawnSync('node', [path.join(root, 'scripts', 'build.mjs')], {
  stdio: ['ignore', 'ignore', 'inherit'],
});
if (built.status === 0) runExample('three-archetypes');
else process.exitCode = 1;
