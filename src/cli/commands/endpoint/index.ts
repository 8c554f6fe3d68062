import { Command } from 'commander';
import { createEndpoint } from './create.ts';
import { listEndpoints } from './ls.ts';
import { removeEndpoints } from './rm.ts';

/** `heddle endpoint`: points of access to networks. */
export function endpoint(): Command {
  return new Command('endpoint')
    .description(
      'Points of access to networks: for namespaces, virtual machines, and interfaces of this host',
    )
    .addCommand(listEndpoints())
    .addCommand(createEndpoint())
    .addCommand(removeEndpoints());
}
