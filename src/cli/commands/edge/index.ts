import { Command } from 'commander';
import { explain } from './explain.ts';
import { gateway } from './gateway.ts';
import { names } from './names.ts';

/** `heddle edge`: leads every client to the nearest live copy of a service. */
export function edge(): Command {
  return new Command('edge')
    .description('Answer names at the edge: each client is led to the nearest live copy of a service')
    .addCommand(gateway())
    .addCommand(names())
    .addCommand(explain());
}
