import type { OperationEvent } from '../../api/messages.ts';
import type { ShownPlan } from '../../deploy/plan/shown.ts';
import { HeddleError, SeveralErrors } from '../../lib/errors.ts';

// What one of several nodes says, as the one that is asked hands it on. Pure.

/** A plan of several nodes: ids tell the nodes apart. */
export function planOn(node: string, plan: ShownPlan): ShownPlan {
  const id = (step: string) => stepOn(node, step);
  return {
    ...plan,
    steps: plan.steps.map((step) => ({ ...step, id: id(step.id), after: step.after.map(id), node })),
    warnings: plan.warnings.map((warning) => `${node}: ${warning}`),
  };
}

/** An event of an operation; nothing for its end, which is that of all nodes. */
export function eventOn(node: string, event: OperationEvent): OperationEvent | undefined {
  switch (event.type) {
    case 'plan':
      return { ...event, plan: planOn(node, event.plan) };
    case 'finished':
    case 'error':
      return undefined;
    default:
      return { ...event, step: stepOn(node, event.step) };
  }
}

function stepOn(node: string, step: string): string {
  return `${node}: ${step}`;
}

export function errorOn(node: string, error: HeddleError): HeddleError {
  if (error instanceof SeveralErrors)
    return new SeveralErrors(error.code, `node ${node}: ${error.message}`, error.errors);
  const { code, message, hint, at } = error;
  return new HeddleError(code, `node ${node}: ${message}`, { hint, at, cause: error });
}

/** Whether nodes could not be asked, and for nothing else: what they were to do can be done later. */
export function isOutOfReach(error: HeddleError): boolean {
  if (error instanceof SeveralErrors) return error.errors.every(isOutOfReach);
  const { code } = error;
  return code === 'ERR_NODE_AWAY' || code === 'ERR_NODE_ABSENT' || code === 'ERR_NODE_TLS';
}

/** @throws HeddleError the one, or ERR_STEP_FAILED with all */
export function throwAll(what: string, errors: readonly HeddleError[]): void {
  if (errors.length === 0) return;
  if (errors.length === 1) throw errors[0];
  throw new SeveralErrors('ERR_STEP_FAILED', `${what} failed on ${errors.length} nodes`, errors);
}
