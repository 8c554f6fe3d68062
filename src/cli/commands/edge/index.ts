import { Command } from 'commander';
import { ca } from './ca.ts';
import { controller } from './controller.ts';
import { explain } from './explain.ts';
import { gateway } from './gateway.ts';
import { names } from './names.ts';
import { proxy } from './proxy.ts';

/** `heddle edge`: leads every client to the nearest live copy of a service. */
export function edge(): Command {
  return new Command('edge')
    .description('Answer names at the edge: each client is led to the nearest live copy of a service')
    .addCommand(gateway())
    .addCommand(proxy())
    .addCommand(controller())
    .addCommand(names())
    .addCommand(explain())
    .addCommand(ca());
}
