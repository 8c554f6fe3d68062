import type { ObservedContainer } from '../../engines/observed.ts';
import type { PlanBuilder } from './builder.ts';

/** Whether there are processes to be ended. */
export function isAlive({ state }: ObservedContainer): boolean {
  return state === 'running' || state === 'paused';
}

/** The step before a container can be told anything: one that is paused hears nothing, and engines refuse to stop it. */
export function thawSteps(builder: PlanBuilder, container: ObservedContainer, reason: string): string[] {
  const { name, state } = container;
  return state === 'paused' ? [builder.add('unpauseContainer', name, { name }, reason)] : [];
}
