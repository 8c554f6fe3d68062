import type { HookName } from '../../descriptor/function-hooks.ts';
import { isHooked } from '../function-hooks/inputs.ts';
import type { Planning } from './planning.ts';

/** The id of the step that calls a hook of a function. */
export function hookStep(fn: string, hook: HookName): string {
  return `callHook ${fn} ${hook}`;
}

/** Ids of the steps after which a function is ready, planned or not; none of one without hooks. */
export function readyAfter({ pods }: Pick<Planning, 'pods'>, fn: string): string[] {
  const pod = pods.get(fn);
  if (!pod || !isHooked(pod)) return [];
  return (['configure', 'heal', 'upgrade'] as const).map((hook) => hookStep(fn, hook));
}
