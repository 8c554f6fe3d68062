import type { Command } from 'commander';
import {
  type Format,
  formatOption,
  type NodeOptions,
  type ProjectOptions,
  projectCommand,
} from '../command.ts';

interface PlanOptions extends ProjectOptions, NodeOptions {
  readonly format: Format;
  readonly build?: boolean;
}

export function plan(): Command {
  return projectCommand('plan', 'Print what `up` would do, and why; change nothing')
    .option('--build', 'as for up')
    .addOption(formatOption())
    .action(async (options: PlanOptions) => {
      const [{ readSpec }, { ensureNode }, { printRows }] = await Promise.all([
        import('../project.ts'),
        import('../node-connection.ts'),
        import('../output/table.ts'),
      ]);
      const spec = readSpec(options);
      const node = await ensureNode(options);
      const { steps } = await node.plan({ spec, build: options.build === true });
      const rows = steps.map(({ id, kind, subject, reason, after }) => ({
        id,
        kind,
        subject,
        reason,
        after,
      }));
      if (rows.length === 0 && options.format === 'table') {
        process.stdout.write(`${spec.project} is as its file says\n`);
        return;
      }
      printRows(rows, options.format, {
        STEP: (row) => row.kind,
        ON: (row) => row.subject,
        BECAUSE: (row) => row.reason,
      });
    });
}
