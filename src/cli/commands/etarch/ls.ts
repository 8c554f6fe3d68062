import type { Command } from 'commander';
import type { Directory } from '../../../networks/standard/directory.ts';
import { type Format, formatOption, type NetworkingOptions, networkingCommand } from '../../command.ts';

export function listTitles(): Command {
  return networkingCommand(
    'ls',
    'Who is known on networks of etarch by which title, and the workspaces; of all, when none is named',
  )
    .alias('list')
    .argument('[networks...]')
    .addOption(formatOption())
    .action(async (names: string[], options: NetworkingOptions & { readonly format: Format }) => {
      const [{ presentNetworking }, { printRows, tableOf }] = await Promise.all([
        import('../../networking-connection.ts'),
        import('../../output/table.ts'),
      ]);
      const networking = await presentNetworking(options);
      const those = names.length > 0 ? names : namesOf(await networking.networks.list());
      const known = await Promise.all(
        those.map(async (network) => ({ network, ...(await networking.traffic.directory(network)) })),
      );
      if (options.format === 'json') return printRows(known, 'json', {});
      const titles = known.flatMap((one) => one.titles.map((row) => ({ of: one, ...row })));
      const workspaces = known.flatMap(({ network, workspaces: own }) =>
        own.map((row) => ({ network, ...row })),
      );
      const tables = [
        tableOf(titles, {
          NETWORK: ({ of }) => of.network,
          TITLE: (row) => row.title,
          NODE: (row) => row.node ?? 'away',
          ENDPOINT: (row) => row.endpoint,
          CAPABILITIES: (row) => row.capabilities.join(','),
          WORKSPACES: ({ of, title }) => joined(of, title).join(','),
        }),
        tableOf(workspaces, {
          NETWORK: (row) => row.network,
          WORKSPACE: (row) => row.title,
          CREATOR: (row) => row.creator,
          MEMBERS: (row) => row.members.join(','),
          MOST: (row) => row.maxMembers ?? '',
          ACCESS: (row) => (row.access.length === 0 ? '*' : row.access.join(',')),
          REQUIRES: (row) => row.requires.join(','),
          BANDWIDTH: (row) => (row.maxBandwidth === undefined ? '' : `${row.maxBandwidth} kbit/s`),
        }),
      ];
      process.stdout.write(`${tables.join('\n\n')}\n`);
    });
}

function namesOf(networks: readonly { readonly name: string; readonly archetype: string }[]): string[] {
  return networks.filter(({ archetype }) => archetype === 'etarch').map(({ name }) => name);
}

function joined({ workspaces }: Directory, title: string): string[] {
  return workspaces.filter(({ members }) => members.includes(title)).map((one) => one.title);
}
