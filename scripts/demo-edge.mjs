// `npm run demo:edge`: sets up, then shows the edge in a lab of network namespaces (examples/sdwan). With `--keep` the lab
// goes on until Ctrl-C; `--remove` removes one that was killed.
import { runExample } from './lib/example.mjs';
import { setUp } from './lib/setup.mjs';

await setUp({
  iproute2: 'ip',
  'util-linux': 'nsenter',
  procps: 'sysctl',
  frr: '/usr/lib/frr/bgpd',
  haproxy: 'haproxy',
  'knot-dnsutils': 'kdig',
  curl: 'curl',
});
runExample('sdwan');
