import type { Command } from 'commander';
import { type Format, formatOption, type NetworkingOptions, networkingCommand } from '../../command.ts';

export function networkFlows(): Command {
  return networkingCommand('flows', 'What a controller has told the switch of a network')
    .argument('<network>')
    .addOption(formatOption())
    .action(async (name: string, options: NetworkingOptions & { readonly format: Format }) => {
      const [{ presentNetworking }, { printRows }] = await Promise.all([
        import('../../networking-connection.ts'),
        import('../../output/table.ts'),
      ]);
      const flows = await (await presentNetworking(options)).traffic.flows(name);
      const inOrder = flows.toSorted(
        (one, other) => one.table - other.table || other.priority - one.priority,
      );
      printRows(inOrder, options.format, {
        TABLE: (row) => row.table,
        PRIORITY: (row) => row.priority,
        KIND: (row) => row.kind,
        AGE: (row) => `${row.age}s`,
        PACKETS: (row) => row.packets,
        BYTES: (row) => row.bytes,
        MATCH: (row) => matchText(row.match),
        ACTIONS: (row) => (row.actions.length === 0 ? 'drop' : row.actions.join(',')),
      });
    });
}

function matchText(match: Readonly<Record<string, string>>): string {
  const fields = Object.entries(match).map(([name, value]) => (value === '' ? name : `${name}=${value}`));
  return fields.length === 0 ? '*' : fields.join(',');
}
