// `npm run demo:training`: sets up, then shows a training of four ranks over two hosts and two container networks, of which one is
// killed (examples/training), on one machine.
import { runSitesDemo } from './lib/sites-demo.mjs';

await runSitesDemo('training', { bird2: 'bird' });
