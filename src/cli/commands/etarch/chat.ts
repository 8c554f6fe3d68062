import type { Command } from 'commander';
import { type NodeOptions, nodeCommand, several, wholeNumber } from '../../command.ts';
import type { PlaceOptions } from './place.ts';

interface ChatOptions extends NodeOptions, PlaceOptions {
  readonly title: string;
  readonly workspace: string;
  readonly allow?: string[];
  readonly require?: string[];
  readonly maxMembers?: number;
  readonly maxBandwidth?: number;
  readonly capability?: string[];
}

export function chat(): Command {
  return nodeCommand('chat', 'Say lines of text to all who are in a workspace, and print theirs')
    .requiredOption('--title <title>', 'who you are')
    .requiredOption('--workspace <title>', 'where; it is created when there is none')
    .option('--network <name>', 'the network of this node that --endpoint is on')
    .option('--endpoint <name>', 'where the title is (default: the endpoint of its name)')
    .option('--netns <path>', 'instead of an endpoint: a network namespace, by name or path')
    .option('--interface <name>', 'the interface in there (default: eth0)')
    .addOption(several('--capability <word>', 'what you can do'))
    .addOption(
      several('--allow <title>', 'who may join, when it is created; * for anything (default: anybody)'),
    )
    .addOption(several('--require <word>', 'what members have to be able to do, when it is created'))
    .option('--max-members <count>', 'when it is created', wholeNumber)
    .option('--max-bandwidth <kbit/s>', 'for the members on a node, when it is created', wholeNumber)
    .action(async (options: ChatOptions) => {
      const [{ placeOf }, { converse }] = await Promise.all([import('./place.ts'), import('./converse.ts')]);
      const place = await placeOf(options, options.title);
      const { allow, require: requires, maxMembers, maxBandwidth } = options;
      await converse(place, options.title, options.workspace, options.capability ?? [], {
        ...(allow && { access: allow }),
        ...(requires && { requires }),
        ...(maxMembers !== undefined && { maxMembers }),
        ...(maxBandwidth !== undefined && { maxBandwidth }),
      });
    });
}
