// `npm run demo:chain`: sets up, then shows an application at three sites on two engines, with a chain of functions across a link
// between sites (examples/several-sites), on one machine.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
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
// What is put into the kernel is in C: in a clone it is not there yet.
const built = spawnSync('node', [path.join(root, 'scripts', 'build.mjs')], {
  stdio: ['ignore', 'ignore', 'inherit'],
});
process.env.HEDDLE_TEST_COMMAND = path.join(root, 'bin', 'heddle');
// Where no registry answers, Heddle makes this image from Debian's packages; elsewhere it pulls it.
process.env.HEDDLE_BASE = process.env.HEDDLE_BASE || 'localhost/heddle/base:bookworm';
if (built.status === 0) runExample('several-sites');
else process.exitCode = 1;
