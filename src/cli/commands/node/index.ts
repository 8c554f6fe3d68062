import { Command } from 'commander';
import { nodeDown } from './down.ts';
import { nodeLogs } from './logs.ts';
import { listNodes } from './ls.ts';
import { removeNodes } from './rm.ts';
import { nodeService } from './service.ts';
import { startNode } from './start.ts';
import { nodeStatus } from './status.ts';

/** `heddle node`: the process of this host that keeps everything running. */
export function node(): Command {
  return new Command('node')
    .description('Run the node of this host, and look after it')
    .addCommand(startNode(), { isDefault: true })
    .addCommand(nodeStatus())
    .addCommand(nodeLogs())
    .addCommand(listNodes())
    .addCommand(removeNodes())
    .addCommand(nodeDown())
    .addCommand(nodeService());
}
