import type { ShownPlan, ShownStep } from '../../deploy/plan/shown.ts';
import type { Format } from '../command.ts';
import { showWarnings } from './progress.ts';
import { printRows } from './table.ts';

/** Prints what would be done, and why; what is only to be known goes to standard error. */
export function showPlan(plan: ShownPlan, format: Format): void {
  const { project, steps, warnings, scaling = [], networks = [] } = plan;
  showWarnings(warnings);
  for (const { service, replicas, min, max, on } of scaling)
    process.stderr.write(
      `${service}: ${replicas} replicas, from now on ${min} to ${max} by ${on.join(', ')}\n`,
    );
  for (const { network, archetype, reason } of networks)
    process.stderr.write(`networks.${network}: auto is ${archetype}: ${reason}\n`);
  if (steps.length === 0 && format === 'table') {
    process.stdout.write(warnings.length > 0 ? 'nothing is done\n' : `${project} is as its file says\n`);
    return;
  }
  printRows(steps, format, {
    ...(steps.some(({ node }) => node !== undefined) && { NODE: ({ node = '' }: ShownStep) => node }),
    STEP: (row) => row.kind,
    ON: (row) => row.subject,
    BECAUSE: (row) => row.reason,
  });
}
