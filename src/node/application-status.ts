import type { ContainerStatus } from '../api/messages.ts';
import { type NotReady, notesOf, notReady, readinessOf } from '../deploy/function-hooks/readiness.ts';
import { observeFunctions, observePaths } from '../deploy/observe.ts';
import { standInsFor } from '../deploy/stand-ins.ts';
import type { StateFolder } from '../deploy/state-folder.ts';
import { stoppedFunctions } from '../deploy/stopped.ts';
import type { ObservedContainer } from '../engines/observed.ts';
import { whileTheyRun } from '../engines/while-they-run.ts';
import { functionsOf } from '../selector/led.ts';
import { hookNote } from './chains/hook-note.ts';
import type { Desired } from './desired.ts';
import { containerStatus, detachedStatus, guardNote } from './status.ts';

/** What `ps` shows of an application: its containers, and agents that were taken away. `look`: at the containers it has. */
export async function applicationStatus(
  desired: Desired | undefined,
  folder: StateFolder,
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
      const notes = desired ? await notesOf(desired.spec, folder) : {};
      const isReady = desired ? readinessOf(desired.spec, containers, notes) : () => true;
      const [paths, functions] = desired?.spec.pods.some((pod) => functionsOf(pod).length > 0)
        ? await Promise.all([
            observePaths(desired.spec, containers, isReady),
            observeFunctions(desired.spec, containers),
          ])
        : [[], {}];
      const isOut = (pid: number) => !isReady(pid);
      const unready: NotReady = desired ? notReady(desired.spec, containers, notes) : new Map();
      const out = {
        stopped: desired ? stoppedFunctions(desired.spec, containers, isOut) : new Set<string>(),
        unready,
        standIns: desired ? standInsFor(desired.spec, containers, isOut) : new Map(),
      };
      return containers.map((container) => {
        const row = containerStatus(container, containers, wanted);
        const note =
          hookNote(container, desired, notes, unready) ?? guardNote(row, desired, paths, functions, out);
        return { ...row, note };
      });
    },
  );
  return [...rows, ...detachedStatus(desired)];
}
