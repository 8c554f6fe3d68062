import type { Command } from 'commander';
import type { ContainerStatus } from '../../api/messages.ts';
import {
  type Format,
  formatOption,
  type NodeOptions,
  type ProjectOptions,
  projectCommand,
} from '../command.ts';

interface PsOptions extends ProjectOptions, NodeOptions {
  readonly format: Format;
  readonly all?: boolean;
}

export function ps(): Command {
  return projectCommand('ps', 'List the application’s containers')
    .option('-a, --all', 'sandboxes, too')
    .addOption(formatOption())
    .action(async (options: PsOptions) => {
      const [{ projectName }, { connectNode }, { printRows }] = await Promise.all([
        import('../project.ts'),
        import('../node-connection.ts'),
        import('../output/table.ts'),
      ]);
      const containers = await connectNode(options).status(projectName(options));
      const shown = containers
        .filter((container) => options.all || container.role !== 'sandbox')
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      printRows(shown, options.format, {
        NAME: (row) => row.name,
        SERVICE: (row) => row.service ?? '',
        ROLE: (row) => row.role,
        STATE: stateText,
        PORTS: (row) => row.ports.join(', '),
      });
    });
}

function stateText({ state, health, exitCode, note }: ContainerStatus): string {
  const detail = health ?? (exitCode === null ? null : `exit ${exitCode}`);
  return [state, detail && `(${detail})`, note].filter(Boolean).join(' ');
}
