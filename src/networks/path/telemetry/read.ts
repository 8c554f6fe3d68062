import { Panel } from '../patch/panel.ts';
import { linksIn } from '../patch/scene.ts';
import { type Queue, readQueues } from './queues.ts';
import type { PanelTelemetry } from './telemetry.ts';
import { TimedEnds } from './timed-ends.ts';

/** A function that runs. `pid`: of its sandbox's process. */
export interface RunningFunction {
  readonly name: string;
  readonly pid: number;
}

/**
 * What has passed the functions of an application so far, and what waits in them. Nothing: no traffic is led there.
 * @throws HeddleError ERR_NETWORK
 */
export async function readTelemetry(
  project: string,
  functions: readonly RunningFunction[],
): Promise<PanelTelemetry | undefined> {
  const panel = new Panel(project);
  if (!panel.isThere) return undefined;
  const queues = functions.map(async ({ name, pid }): Promise<[string, Queue[]]> => {
    // Its namespace is its own: what is not to be read there keeps nobody from the rest.
    return [name, await readQueues({ pid }).catch(() => [])];
  });
  const [noted, patch, figures, ...waiting] = await Promise.all([
    panel.noted(),
    linksIn(panel.namespace),
    new TimedEnds(panel).read(),
    ...queues,
  ]);
  return { noted, patch, figures, queues: new Map(waiting) };
}
