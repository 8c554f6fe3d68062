// `npm run demo:edge`: sets up, then shows the edge in a lab of network namespaces (examples/sdwan). With `--keep` the lab
// goes on until Ctrl-C; `--remove` removes one that was killed.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { root, setUp } from './lib/setup.mjs';

await setUp({
  iproute2: 'ip',
  'util-linux': 'nsenter',
  procps: 'sysctl',
  frr: '/usr/lib/frr/bgpd',
  haproxy: 'haproxy',
  'knot-dnsutils': 'kdig',
  curl: 'curl',
});

const demo = path.join(root, 'examples', 'sdwan', 'demo.ts');
const child = spawn('node', [demo, ...process.argv.slice(2)], { stdio: 'inherit' });
// The terminal sends Ctrl-C to both; the demo removes what it made, and this waits for it.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill());
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
