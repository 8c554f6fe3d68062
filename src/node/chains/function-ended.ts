import { allThrough, leadWithout } from '../../deploy/without-function.ts';
import type { Log } from '../../lib/log.ts';
import { closeFunction, dropInstance } from '../../networks/path/path.ts';
import type { Applications } from '../applications.ts';
import { attachedSpec } from '../desired.ts';

/**
 * The program of a function has ended: chains that are closed on failure let nothing into it any more, and those that are open go on
 * without it. What brings it back leads them through it again.
 */
export async function functionEnded(
  applications: Applications,
  log: Log,
  project: string,
  fn: string,
): Promise<void> {
  const pods = applications.desired(project)?.spec.pods ?? [];
  const [closed, open] = [allThrough(pods, fn, 'closed'), allThrough(pods, fn, 'open')];
  if (closed.size + open.size === 0) return;
  const about = { project, function: fn };
  log.warn({ ...about, closed: [...closed], open: [...open] }, 'a function of chains has ended');
  await dropInstance(project, fn).catch(({ message }: Error) =>
    log.error({ ...about, error: message }, 'flows could not be given to other instances of a function'),
  );
  await closeFunction(project, fn, closed).catch(({ message }: Error) =>
    log.error({ ...about, error: message }, 'chains could not be closed at a function'),
  );
  if (open.size === 0) return;
  await applications
    .exclusively(project, () => leadNow(applications, project, fn))
    .catch(({ message }: Error) =>
      log.error({ ...about, error: message }, 'chains could not be led without a function'),
    );
}

/** By what is wanted now: what took its turn before may have brought the function back, or taken all away. */
async function leadNow(applications: Applications, project: string, fn: string): Promise<void> {
  const desired = applications.desired(project);
  if (desired) await leadWithout(applications.context(attachedSpec(desired)), fn);
}
