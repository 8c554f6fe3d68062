import type { Command } from 'commander';
import type { ContainerStatus } from '../../api/messages.ts';
import { several } from '../command.ts';
import { type ListingOptions, listing, listingCommand } from '../listing.ts';
import { isShown, type PsFilter, statuses, statusFilter } from '../ps-filter.ts';

interface PsOptions extends ListingOptions, PsFilter {
  readonly quiet?: boolean;
  readonly services?: boolean;
}

export function ps(): Command {
  return listingCommand('ps', 'List the application’s containers')
    .argument('[services...]', 'only these services, and what manages them')
    .option(
      '-a, --all',
      'sandboxes and what `run` has made, too; with -q or --services, those that have ended',
    )
    .option('-q, --quiet', 'print ids only, of the services’ own containers that run')
    .option('--services', 'print the names of services that run')
    .addOption(several('--status <status>', `only those that are ${statuses.join(', ')}`))
    .option('--filter <property=value>', 'only those whose status is this: status=running', statusFilter)
    .option('--orphans', 'those of services that are no longer wanted, too, as it does anyway')
    .option('--no-orphans', 'without those')
    .option('--no-trunc', 'as Compose has it; nothing is cut short')
    .action(async (services: string[], options: PsOptions) => {
      const { node, project, print, orNone } = await listing(options);
      const shown = (await orNone(node.status(project, services), []))
        .filter((container) => isShown(container, options, options.quiet || options.services))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      if (options.quiet) return printLines(shown.map(({ id }) => id));
      if (options.services) return printLines(shown.map(({ service }) => service));
      print(shown, {
        NAME: (row) => row.name,
        ...(shown.some(({ node }) => node !== undefined) && {
          NODE: ({ node = '' }: ContainerStatus) => node,
        }),
        SERVICE: (row) => row.service ?? '',
        ROLE: (row) => row.role,
        STATE: stateText,
        PORTS: (row) => row.ports.join(', '),
      });
    });
}

function printLines(values: readonly (string | null)[]): void {
  for (const value of new Set(values)) if (value !== null) process.stdout.write(`${value}\n`);
}

function stateText({ state, health, exitCode, note }: ContainerStatus): string {
  const detail = health ?? (exitCode === null ? null : `exit ${exitCode}`);
  return [state, detail && `(${detail})`, note].filter(Boolean).join(' ');
}
