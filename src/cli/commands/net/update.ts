import type { Command } from 'commander';
import { archetypeOption, archetypeOptions } from '../../archetype-options.ts';
import { type NetworkingOptions, networkingCommand, several, wholeNumber } from '../../command.ts';
import { keyValue } from '../../key-value.ts';

interface UpdateOptions extends NetworkingOptions {
  readonly mtu?: number;
  /** False: none any more. */
  readonly vlan?: number | false;
  readonly program?: string | false;
  readonly label?: string[];
  readonly opt?: string[];
}

export function updateNetwork(): Command {
  return networkingCommand('update', 'Change a network while it is used; what is not said stays as it is')
    .argument('<network>')
    .option('--mtu <bytes>', 'of a packet', wholeNumber)
    .option('--vlan <id>', 'join it to the physical network, under this id', wholeNumber)
    .option('--no-vlan', 'take it off the physical network')
    .option('--program <name>', 'have its frames pass a program of its own in the edge')
    .option('--no-program', 'have them pass none')
    .addOption(several('--label <key=value>', 'a label'))
    .addOption(archetypeOption())
    .action(async (name: string, said: UpdateOptions) => {
      const { presentNetworking } = await import('../../networking-connection.ts');
      const { networks } = await presentNetworking(said);
      const { revision, id: _, status: __, ...network } = await networks.read(name);
      const { vlan = network.vlan, program = network.program, mtu = network.mtu } = said;
      const { vlan: ___, program: ____, ...rest } = network;
      await networks.update(
        {
          ...rest,
          mtu,
          ...(typeof vlan === 'number' && { vlan }),
          ...(typeof program === 'string' && { program }),
          labels: { ...network.labels, ...Object.fromEntries((said.label ?? []).map(keyValue)) },
          options: { ...network.options, ...archetypeOptions(said.opt) },
        },
        revision,
      );
      process.stdout.write(`${name}\n`);
    });
}
