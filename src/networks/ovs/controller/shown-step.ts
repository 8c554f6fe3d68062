import type { TraceStep } from '../../standard/traffic.ts';
import type { CountedFlow } from '../openflow/flow.ts';
import { type PortNames, shownFlow } from './shown-flow.ts';
import type { Step } from './trace.ts';

/** What a table does with a frame, in words. Pure. `isReported`: whether the controller learns of the frame. */
export function shownStep(
  { table, flow }: Step,
  flows: readonly CountedFlow[],
  names: PortNames,
  isReported: boolean,
): TraceStep {
  const at = `table ${table}`;
  const counted = flow && flows.find((one) => one === flow);
  if (!counted) return { place: 'switch', at, rule: 'no flow', effect: 'dropped' };
  const { match, actions, priority } = shownFlow(counted, names);
  const fields = Object.entries(match).map(([name, value]) => `${name}=${value}`);
  const effect = actions.length === 0 ? 'dropped' : actions.join(', ');
  return {
    place: 'switch',
    at,
    rule: [`priority=${priority}`, ...fields].join(','),
    effect: isReported && actions.includes('controller') ? `${effect} (the controller learns of it)` : effect,
  };
}
