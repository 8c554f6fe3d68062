// `npm run demo:chain`: sets up, then shows an application at three sites on two engines, with a chain of functions across a link
// between sites (examples/several-sites), on one machine.
import path from 'node:path';
import { buildAll } from './lib/build-all.mjs';
import { runExample } from './lib/example.mjs';
import { root, setUp, toRun } from './lib/setup.mjs';

await setUp({
  ...toRun,
  'docker.io': 'dockerd',
  'dnsmasq-base': 'dnsmasq',
  'etcd-server': 'etcd',
  ethtool: 'ethtool',
  curl: 'curl',
  'wireguard-tools': 'wg',
  'wireguard-go': 'wireguard-go',
});
buildAll();
process.env.HEDDLE_TEST_COMMAND = path.join(root, 'bin', 'heddle');
// Where no registry answers, Heddle makes this image from Debian's packages; elsewhere it pulls it.
process.env.HEDDLE_BASE = process.env.HEDDLE_BASE || 'localhost/heddle/base:bookworm';
runExample('several-sites');
