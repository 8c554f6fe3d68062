import type { FunctionKind } from '../kind.ts';
import { observeLimits } from './in-force.ts';
import { limitsSchema, type ShaperLimits } from './limits.ts';
import { parseShaper } from './parse.ts';
import { renderLimits } from './render.ts';

/** Lets everything pass, no faster than its limits: queues of the kernel at the ports in the function's namespace. */
export const shaper: FunctionKind<ShaperLimits> = {
  schema: limitsSchema,
  read: parseShaper,
  knows: () => ({ services: [], networks: [] }),
  configuration: {
    render: (limits, _legs, digest) => renderLimits(limits, digest),
    apply: ['shape'],
    observe: observeLimits,
  },
};
