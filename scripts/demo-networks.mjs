// `npm run demo:networks`: sets up, then shows networks of three architectures over two hosts, in a lab of namespaces
// (examples/three-archetypes). With `--keep` the lab goes on until Ctrl-C; `--remove` removes one that was killed.
import { buildAll } from './lib/build-all.mjs';
import { runExample } from './lib/example.mjs';
import { setUp } from './lib/setup.mjs';

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
buildAll();
runExample('three-archetypes');
