// What `npm run demo:training` shows. It checks what it shows, ends with 1 when something is not as it should be, and removes all that
// it made, however it ends.
import { SitesLab } from '../../test/support/sites-lab.ts';
import { say } from '../lib/show.ts';
import { tell } from './story.ts';

const lab = new SitesLab({
  hosts: { berlin: 'podman', paris: 'podman' },
  settings: () => ({ edge: { driver: 'ebpf', uplink: 'wan0' } }),
});
const interrupted = new Promise<'interrupted'>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => resolve('interrupted'));
});
try {
  if ((await Promise.race([tell(lab), interrupted])) === 'interrupted') process.exitCode = 130;
} catch (error) {
  process.exitCode = 1;
  console.error(`\nNot as it should be: ${(error as Error).message}`);
} finally {
  say('Removing what was made');
  await lab.remove().catch((error: Error) => {
    process.exitCode ||= 1;
    console.error(error.message);
  });
}
// What was under way when it was interrupted is not waited for.
process.exit();
