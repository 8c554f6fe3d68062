import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ObservedContainer } from './observed.ts';

interface Listed {
  readonly containers: readonly ObservedContainer[];
}

/**
 * Looks at the processes of the containers that an engine lists. One that ends before it is looked at is no failure:
 * both are done again. Podman never notices when the process that watches a container was killed with it: such a
 * container is taken for stopped in the end.
 * @param timeout how long an engine may list as running what has ended, ms
 */
export async function whileTheyRun<L extends Listed, Seen>(
  list: () => Promise<L>,
  look: (listed: L) => Promise<Seen>,
  timeout = 2000,
): Promise<Seen> {
  const deadline = Date.now() + timeout;
  for (;;) {
    const listed = await list();
    try {
      return await look(listed);
    } catch (error) {
      if (!listed.containers.some(isGone)) throw error;
    }
    if (Date.now() < deadline) await sleep(50);
    else return look({ ...listed, containers: listed.containers.map(asItIs) });
  }
}

function asItIs(container: ObservedContainer): ObservedContainer {
  if (!isGone(container)) return container;
  const { pid, ...rest } = container;
  return { ...rest, state: 'stopped' };
}

/** A process that ended, but that nobody has waited for yet, has no namespaces either. */
function isGone({ pid }: ObservedContainer): boolean {
  return pid !== undefined && !existsSync(`/proc/${pid}/ns/net`);
}
