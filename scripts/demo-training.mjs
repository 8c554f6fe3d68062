// `npm run demo:training`: sets up, then measures two container networks between two hosts and shows a training of four ranks on each, and
// on the one that Heddle chooses, where a rank is killed (examples/training), on one machine.
import { runSitesDemo } from './lib/sites-demo.mjs';

await runSitesDemo('training', { bird2: 'bird', iperf3: 'iperf3', sockperf: 'sockperf' });
