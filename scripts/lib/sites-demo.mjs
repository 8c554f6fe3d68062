// Sets up what a demo of several sites needs, and runs it: its hosts are rooms on this machine.
import path from 'node:path';
import { buildAll } from './build-all.mjs';
import { runExample } from './example.mjs';
import { root, setUp, toRun } from './setup.mjs';

/** `needs`: what this one needs besides, as in setup.mjs. */
export async function runSitesDemo(name, needs) {
  await setUp({
    ...toRun,
    'dnsmasq-base': 'dnsmasq',
    'etcd-server': 'etcd',
    ethtool: 'ethtool',
    curl: 'curl',
    'wireguard-tools': 'wg',
    'wireguard-go': 'wireguard-go',
    ...needs,
  });
  buildAll();
  process.env.HEDDLE_TEST_COMMAND = path.join(root, 'bin', 'heddle');
  // Where no registry answers, Heddle makes this image from Debian's packages; elsewhere it pulls it.
  process.env.HEDDLE_BASE = process.env.HEDDLE_BASE || 'localhost/heddle/base:bookworm';
  runExample(name);
}
