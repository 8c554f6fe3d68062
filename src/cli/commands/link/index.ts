import { Command } from 'commander';
import { inspectLinks } from './inspect.ts';
import { listLinks } from './ls.ts';
import { rotateKeys } from './rotate.ts';

/** `heddle link`: the links between the nodes of all sites. */
export function link(): Command {
  return new Command('link')
    .description(
      'Links to the nodes of other sites: which path each takes and why, and the keys of this node',
    )
    .addCommand(listLinks())
    .addCommand(inspectLinks())
    .addCommand(rotateKeys());
}
