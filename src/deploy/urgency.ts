import type { PodSpec } from '../selector/spec.ts';
import type { Step } from './step.ts';

/**
 * Which of the steps that could be done comes first, the highest number: what the application waits for, before what
 * only watches it. An application takes its time to start, and agents are made in it.
 */
export function urgencyOf(step: Step): number {
  switch (step.kind) {
    case 'createSandbox':
    case 'startSandbox':
    case 'connectEndpoint':
    case 'configureFunction':
    case 'insertWire':
      return isInTheWay(step.args.pod) ? 1 : 0;
    case 'createContainer':
      return step.args.container.role === 'application' || step.args.pod.role === 'function' ? 1 : 0;
    case 'connectManagement':
      return 0;
    default:
      return 1;
  }
}

/** Whether an application waits for the pod: its own, and that of a function that its traffic passes. */
function isInTheWay({ role }: PodSpec): boolean {
  return role === 'service' || role === 'function' || role === 'oneoff';
}
