import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerStats, StatsQuery } from '../api/handling.ts';
import type { ObservedContainer } from '../engines/observed.ts';
import { readUsage } from '../monitor/cost/cgroup.ts';
import { readTraffic } from '../monitor/cost/traffic.ts';
import { readFigures } from '../monitor/stats/figures.ts';
import { serviceOf } from './replica.ts';

/** Milliseconds over which the use of processors is measured: for one answer, and between two. */
const first = 500;
const interval = 1_000;

/** What containers use, from their control groups: the engine is not asked. With `follow` once a second. */
export async function* followStats(
  containers: () => Promise<readonly ObservedContainer[]>,
  { follow }: StatsQuery,
  signal: AbortSignal,
): AsyncGenerator<readonly ContainerStats[]> {
  let before = await samples(await containers());
  while (!signal.aborted) {
    await sleep(follow && before.size > 0 ? interval : first, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    const now = await samples(await containers());
    yield [...now].map(([id, sample]) => sample.row(before.get(id)));
    if (!follow) return;
    before = now;
  }
}

interface Sample {
  readonly cpu: number;
  readonly time: number;
  row(before: Sample | undefined): ContainerStats;
}

async function samples(containers: readonly ObservedContainer[]): Promise<Map<string, Sample>> {
  const read = await Promise.all(containers.map(async (one) => [one.id, await sampleOf(one)] as const));
  return new Map(read.filter((entry): entry is [string, Sample] => entry[1] !== undefined));
}

/** Nothing of one that does not run, or has just ended. */
async function sampleOf(container: ObservedContainer): Promise<Sample | undefined> {
  const { id, name, pid, state } = container;
  if ((state !== 'running' && state !== 'paused') || pid === undefined) return undefined;
  const [usage, traffic, figures] = await Promise.all([
    readUsage(pid, id),
    readTraffic(pid),
    readFigures(pid, id),
  ]);
  if (!usage) return undefined;
  const time = performance.now();
  return {
    cpu: usage.cpu,
    time,
    row: (before) => ({
      name,
      id,
      service: serviceOf(container),
      cpu: before ? Math.max(0, (usage.cpu - before.cpu) / ((time - before.time) / 1000)) : 0,
      memory: usage.memory,
      received: traffic?.application.received ?? 0,
      sent: traffic?.application.sent ?? 0,
      ...figures,
    }),
  };
}
