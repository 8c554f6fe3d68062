import type { Observed } from '../deploy/observed.ts';
import { restartPlan, startPlan, stopPlan } from '../deploy/plan/services.ts';
import { withFunctions } from '../selector/led.ts';
import type { Desired } from './desired.ts';
import type { Kind } from './operations.ts';

/** What an operation on services makes of what is wanted, and how it is done. Pure. */
export type Change = (
  desired: Desired,
  services: readonly string[],
  observed: Observed,
) => Partial<Pick<Desired, 'stopped' | 'removed'>> & { readonly plan: typeof stopPlan };

/** Something that is done with services of an application. */
export interface ServicesOperation {
  readonly kind: Kind;
  /** What whoever gives way to it is told. */
  readonly verb: string;
  readonly change: Change;
}

export const stop: ServicesOperation = {
  kind: 'undo',
  verb: 'stop',
  change: ({ stopped }, names) => ({ stopped: [...new Set([...stopped, ...names])], plan: stopPlan }),
};

export const start: ServicesOperation = {
  kind: 'make',
  verb: 'start',
  // What their traffic passes is started with them, and brought back with them from now on.
  change: ({ spec, stopped }, names) => {
    const started = withFunctions(spec, names);
    return { stopped: stopped.filter((service) => !started.includes(service)), plan: startPlan };
  },
};

/** Starts what was stopped as well. */
export const restart: ServicesOperation = {
  ...start,
  verb: 'restart',
  change: (...all) => ({ ...start.change(...all), plan: restartPlan }),
};
