import type { Command } from 'commander';
import type { ContainerStatus } from '../../api/messages.ts';
import { type ListingOptions, listing, listingCommand } from '../listing.ts';

interface PsOptions extends ListingOptions {
  readonly all?: boolean;
}

export function ps(): Command {
  return listingCommand('ps', 'List the application’s containers')
    .option('-a, --all', 'sandboxes, too')
    .action(async (options: PsOptions) => {
      const { node, project, print } = await listing(options);
      const containers = await node.status(project);
      const shown = containers
        .filter((container) => options.all || container.role !== 'sandbox')
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      print(shown, {
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
