// What `npm run demo:training` shows. It checks what it shows, ends with 1 when something is not as it should be, and removes all that
// it made, however it ends.
import { SitesLab } from '../../test/support/sites-lab.ts';
import { runInSites } from '../lib/sites-demo.ts';
import { tell } from './story.ts';

const lab = new SitesLab({
  hosts: { berlin: 'podman', paris: 'podman' },
  settings: () => ({ edge: { driver: 'ebpf', uplink: 'wan0' } }),
});
await runInSites(lab, tell);
