import type { Command } from 'commander';
import { type ListingOptions, listingCommand } from '../listing.ts';
import { scaleOf } from './up.ts';

interface PlanOptions extends ListingOptions {
  readonly build?: boolean;
  readonly scale?: Record<string, number>;
}

export function plan(): Command {
  return listingCommand('plan', 'Print what `up` would do, and why; change nothing')
    .option('--build', 'as for up')
    .option('--scale <service=number>', 'as for up', scaleOf)
    .action(async (options: PlanOptions) => {
      const [{ readSpec }, { ensureNode }, { printRows }] = await Promise.all([
        import('../project.ts'),
        import('../node-connection.ts'),
        import('../output/table.ts'),
      ]);
      const spec = readSpec(options, options.scale);
      const node = await ensureNode(options);
      const { steps } = await node.plan({ spec, build: options.build === true });
      if (steps.length === 0 && options.format === 'table') {
        process.stdout.write(`${spec.project} is as its file says\n`);
        return;
      }
      printRows(steps, options.format, {
        STEP: (row) => row.kind,
        ON: (row) => row.subject,
        BECAUSE: (row) => row.reason,
      });
    });
}
