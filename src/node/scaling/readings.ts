import type { ScaleMetric, Scaling } from '../../descriptor/scaling.ts';
import type { PodSpec } from '../../selector/spec.ts';
import { meanDelay } from './delay.ts';
import type { Reading } from './proposal.ts';
import type { SeenReplica, Sight } from './sight.ts';

// What metrics were between two looks. Pure.

/** @param pods of the application: who of them is led through the service, where that is a function */
export function readingsOf(
  { on, warmup }: Pick<Scaling, 'on' | 'warmup'>,
  pods: readonly PodSpec[],
  before: Sight | undefined,
  now: Sight,
): Reading[] {
  return on.map((target) => {
    const { metric } = target;
    const each = now.replicas.map((replica) => {
      if (replica.run === undefined) return 'missing';
      if (replica.age < warmup) return 'starting';
      return figureOf(metric, replica, before, now) ?? 'missing';
    });
    const figures = each.filter((one) => typeof one === 'number');
    const counted = figures.length;
    const sum = figures.reduce((all, one) => all + one, 0);
    return {
      ...target,
      total: togetherOf(metric, pods, before, now, counted) ?? sum,
      counted,
      starting: each.filter((one) => one === 'starting').length,
      missing: each.filter((one) => one === 'missing').length,
    };
  });
}

/** What is known of all instances of a function together, and not of each. */
function togetherOf(
  metric: ScaleMetric,
  pods: readonly PodSpec[],
  before: Sight | undefined,
  now: Sight,
  counted: number,
): number | undefined {
  if (metric === 'sessions') return now.through;
  if (metric !== 'delay') return undefined;
  const instances = new Set(now.replicas.map(({ pod }) => pod));
  return (meanDelay(instances, pods, before?.telemetry, now.telemetry) ?? Number.NaN) * counted;
}

/** Of one replica; nothing where it is not known. Counters begin anew with each run. */
function figureOf(
  metric: ScaleMetric,
  replica: SeenReplica,
  before: Sight | undefined,
  now: Sight,
): number | undefined {
  if (metric === 'delay') return 0;
  if (metric === 'sessions') return replica.sessions ?? (now.through === undefined ? undefined : 0);
  const earlier = before?.replicas.find(({ pod, run }) => pod === replica.pod && run === replica.run);
  if (!before || !earlier) return undefined;
  const seconds = (now.at - before.at) / 1000;
  const rate = (used: number) => (seconds > 0 && used >= 0 ? used / seconds : undefined);
  if (metric === 'packets') {
    if (!replica.packets || !earlier.packets) return undefined;
    return rate(packetsSince(earlier.packets, replica.packets));
  }
  if (replica.cpu === undefined || earlier.cpu === undefined) return undefined;
  const cores = rate(replica.cpu - earlier.cpu);
  return cores === undefined ? undefined : cores / replica.limit;
}

/** Interfaces come and go with who is led through: what one has that was not there before has come since. */
function packetsSince(before: ReadonlyMap<string, number>, now: ReadonlyMap<string, number>): number {
  return [...now].reduce((sum, [name, count]) => {
    const earlier = before.get(name) ?? 0;
    return sum + (count >= earlier ? count - earlier : count);
  }, 0);
}
