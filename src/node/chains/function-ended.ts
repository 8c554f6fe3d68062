import { isOpenOnFailure } from '../../deploy/stopped.ts';
import { allThrough, leadWithout } from '../../deploy/without-function.ts';
import type { Log } from '../../lib/log.ts';
import { closeFunction, dropInstance } from '../../networks/path/path.ts';
import { emptySpec } from '../../selector/empty-spec.ts';
import type { Applications } from '../applications.ts';
import { attachedSpec } from '../desired.ts';

/**
 * The program of a function has ended: chains that are closed on failure let nothing into it any more, and those that are open go on
 * without it. What brings it back leads them through it again. One that is not wanted any more may have flows still.
 */
export async function functionEnded(
  applications: Applications,
  log: Log,
  project: string,
  fn: string,
): Promise<void> {
  const spec = applications.desired(project)?.spec ?? emptySpec(project);
  const about = { project, function: fn };
  await dropInstance(project, fn).catch(({ message }: Error) =>
    log.error({ ...about, error: message }, 'flows could not be given to other instances of a function'),
  );
  const close = (isClosed: (chain: string) => boolean) =>
    closeFunction(project, fn, isClosed).catch(({ message }: Error) =>
      log.error({ ...about, error: message }, 'chains could not be closed at a function'),
    );
  if (!spec.pods.some(({ name }) => name === fn)) {
    log.info(about, 'a function that is not wanted any more has ended');
    await close((chain) => !isOpenOnFailure(spec, chain));
    return;
  }
  const [closed, open] = [allThrough(spec.pods, fn, 'closed'), allThrough(spec.pods, fn, 'open')];
  if (closed.size + open.size === 0) return;
  log.warn({ ...about, closed: [...closed], open: [...open] }, 'a function of chains has ended');
  await close((chain) => closed.has(chain));
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
