// `npm run demo:chain`: sets up, then shows an application at three sites on two engines, with a chain of functions across a link
// between sites (examples/several-sites), on one machine.
import { runSitesDemo } from './lib/sites-demo.mjs';

await runSitesDemo('several-sites', { 'docker.io': 'dockerd' });
