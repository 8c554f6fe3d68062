import type { ShownPlan, ShownStep } from '../../deploy/plan/shown.ts';
import type { Format } from '../command.ts';
import { showWarnings } from './progress.ts';
import { printRows } from './table.ts';

/** Prints what would be done, and why; what is only to be known goes to standard error. */
export function showPlan({ project, steps, warnings }: ShownPlan, format: Format): void {
  showWarnings(warnings);
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
