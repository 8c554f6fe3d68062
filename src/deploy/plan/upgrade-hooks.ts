import type { ObservedContainer } from '../../engines/observed.ts';
import { programOf, whyUpgrade } from '../function-hooks/due.ts';
import { type HookedPod, instancesOf } from '../function-hooks/inputs.ts';
import { podOf } from '../observed.ts';
import { standInsFor } from '../stand-ins.ts';
import { hasVersions, isVersionOf } from '../versions.ts';
import { hookStep } from './hook-steps.ts';
import type { Planning } from './planning.ts';

/**
 * A new version of a function that stands beside the one before it takes over what that has, before traffic passes it. One that is
 * gone back to has that.
 */
export function planUpgrade(planning: Planning, pod: HookedPod, starts: readonly string[]): void {
  const { spec, observed, builder } = planning;
  const { name, forwards } = pod;
  if (!forwards.hooks.upgrade || !hasVersions(pod)) return;
  const from = (standInsFor(spec, observed.containers).get(name) ?? []).map((one) => one.name);
  const program = programOf(pod, observed.containers);
  const isNewer = (one: ObservedContainer) =>
    from.every((before) => startOf(observed.containers, before) < (one.startedAt ?? 0));
  const isNew = starts.length > 0 || (program !== undefined && isNewer(program));
  const isBeside = isNew && from.some((one) => isVersionOf(pod, one));
  const reason = whyUpgrade(pod, observed.hooks?.[name], program, isBeside);
  if (reason === undefined) return;
  const to = instancesOf(spec, forwards.service).map((one) => one.name);
  const args = { function: name, occasion: { hook: 'upgrade', reason, from, to } } as const;
  builder.add('callHook', `${name} upgrade`, args, reason, [...starts, hookStep(name, 'configure')]);
}

function startOf(containers: readonly ObservedContainer[], pod: string): number {
  return Math.max(0, ...containers.filter((one) => podOf(one) === pod).map((one) => one.startedAt ?? 0));
}
