import { functionsOf } from '../../selector/led.ts';
import type { PodSpec } from '../../selector/spec.ts';
import { passedBy } from '../observed.ts';
import { connectionsOf } from './connections.ts';
import type { Planning } from './planning.ts';

/** Takes a pod's traffic out of all functions, where it has to pass none any more. */
export function planUnwire(planning: Planning, pod: PodSpec): void {
  const { observed, builder } = planning;
  const path = passedBy(observed, pod.name);
  const isTouched = path.length > 0 || observed.paths.some((one) => one.pod === pod.name);
  if (!isTouched || functionsOf(pod).length > 0) return;
  const chains = Object.keys(observed.chains?.[pod.name]?.paths ?? {});
  const reason = chains.length > 0 ? goneChains(chains) : 'the feature is no longer asked for';
  const id = builder.add('removeWire', pod.name, { pod: pod.name }, reason);
  // What is led no longer has to be back where its owner looks for it.
  for (const connects of connectionsOf(planning, pod)) builder.delay(connects, [id]);
}

function goneChains(names: readonly string[]): string {
  const said = names.slice(0, 5).join(', ');
  return `no traffic has to pass ${names.length === 1 ? 'the chain' : 'the chains'} ${said}${names.length > 5 ? ', …' : ''} any more`;
}
