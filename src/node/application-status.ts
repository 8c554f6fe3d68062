import type { ContainerStatus } from '../api/messages.ts';
import { observeFunctions, observePaths } from '../deploy/observe.ts';
import { stoppedFunctions } from '../deploy/stopped.ts';
import type { ObservedContainer } from '../engines/observed.ts';
import { whileTheyRun } from '../engines/while-they-run.ts';
import { functionsOf } from '../selector/led.ts';
import type { Desired } from './desired.ts';
import { containerStatus, detachedStatus, guardNote } from './status.ts';

/** What `ps` shows of an application: its containers, and agents that were taken away. `look`: at the containers it has. */
export async function applicationStatus(
  desired: Desired | undefined,
  look: () => Promise<readonly ObservedContainer[]>,
): Promise<ContainerStatus[]> {
  const wanted = new Set(
    desired?.spec.pods
      .filter(({ service }) => !desired.orphans?.includes(service ?? ''))
      .map(({ name }) => name),
  );
  const rows = await whileTheyRun(
    async () => ({ containers: await look() }),
    async ({ containers }) => {
      const [paths, functions] = desired?.spec.pods.some((pod) => functionsOf(pod).length > 0)
        ? await Promise.all([
            observePaths(desired.spec, containers),
            observeFunctions(desired.spec, containers),
          ])
        : [[], {}];
      const stopped = desired ? stoppedFunctions(desired.spec, containers) : new Set<string>();
      return containers
        .map((container) => containerStatus(container, containers, wanted))
        .map((row) => ({ ...row, note: row.note ?? guardNote(row, desired, paths, functions, stopped) }));
    },
  );
  return [...rows, ...detachedStatus(desired)];
}
