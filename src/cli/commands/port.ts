import { type Command, Option } from 'commander';
import { type NodeOptions, type ProjectOptions, projectCommand, wholeNumber } from '../command.ts';
import { publishedAt } from '../published.ts';

interface PortOptions extends ProjectOptions, NodeOptions {
  readonly protocol: string;
  readonly index?: number;
}

export function port(): Command {
  return projectCommand('port', 'Print where a port of a service is published')
    .argument('<service>')
    .argument('<port>', 'inside the service: 80, or 53/udp', portOf)
    .addOption(
      new Option('--protocol <protocol>', 'of the port').choices(['tcp', 'udp', 'sctp']).default('tcp'),
    )
    .option('--index <number>', 'replica of the service; the first, if none is named', wholeNumber)
    .action(async (service: string, { number, protocol }: Asked, options: PortOptions) => {
      const [{ projectName }, { connectNode }] = await Promise.all([
        import('../project-name.ts'),
        import('../node-connection.ts'),
      ]);
      const rows = await connectNode(options).status(projectName(options), [service]);
      const asked = { service, index: options.index, target: `${number}/${protocol ?? options.protocol}` };
      for (const address of publishedAt(rows, asked)) process.stdout.write(`${address}\n`);
    });
}

interface Asked {
  readonly number: number;
  readonly protocol?: string;
}

function portOf(text: string): Asked {
  const [, digits = '', protocol] = /^(\d+)(?:\/(tcp|udp|sctp))?$/.exec(text) ?? [];
  return { number: wholeNumber(digits), ...(protocol !== undefined && { protocol }) };
}
