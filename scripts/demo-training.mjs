// `npm run demo:training`: sets up, then shows a training of four ranks over two hosts and two container networks, of which one is
// killed (examples/training), on one machine.
import path from 'node:path';
import { buildAll } from './lib/build-all.mjs';
import { runExample } from './lib/example.mjs';
import { root, setUp, toRun } from './lib/setup.mjs';

await setUp({
  ...toRun,
  'dnsmasq-base': 'dnsmasq',
  'etcd-server': 'etcd',
  bird2: 'bird',
  ethtool: 'ethtool',
  curl: 'curl',
  'wireguard-tools': 'wg',
  'wireguard-go': 'wireguard-go',
});
buildAll();
process.env.HEDDLE_TEST_COMMAND = path.join(root, 'bin', 'heddle');
// Where no registry answers, Heddle makes this image from Debian's packages; elsewhere it pulls it.
process.env.HEDDLE_BASE = process.env.HEDDLE_BASE || 'localhost/heddle/base:bookworm';
runExample('training');
