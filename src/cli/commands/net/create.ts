import type { Command } from 'commander';
import { HeddleError } from '../../../lib/errors.ts';
import { archetypeOption, archetypeOptions } from '../../archetype-options.ts';
import { type NetworkingOptions, networkingCommand, several, wholeNumber } from '../../command.ts';
import { keyValue } from '../../key-value.ts';

interface CreateOptions extends NetworkingOptions {
  readonly archetype: string;
  readonly subnet?: string[];
  readonly gateway?: string[];
  readonly ipRange?: string[];
  readonly ipv6?: boolean;
  readonly internal?: boolean;
  readonly dhcp?: boolean;
  readonly mtu?: number;
  readonly vlan?: number;
  readonly program?: string;
  readonly label?: string[];
  readonly opt?: string[];
}

export function createNetwork(): Command {
  return networkingCommand('create', 'Make a network')
    .argument('<name>')
    .option('-a, --archetype <archetype>', 'what kind of network', 'ip')
    .addOption(several('--subnet <prefix>', 'of its addresses, 10.1.0.0/24; default: one that nobody has'))
    .addOption(several('--gateway <address>', 'of this host in the subnet of the same place'))
    .addOption(
      several('--ip-range <prefix>', 'what addresses are chosen from, in the subnet of the same place'),
    )
    .option('--ipv6', 'IPv6 as well')
    .option('--internal', 'nothing comes in from outside, and nothing goes there')
    .option('--dhcp', 'answer DHCP: whoever asks gets the address of its endpoint')
    .option('--mtu <bytes>', 'of a packet', wholeNumber)
    .option(
      '--vlan <id>',
      'join it to the physical network, under this id: the same on every node',
      wholeNumber,
    )
    .option('--program <name>', 'have its frames pass a program of its own in the edge')
    .addOption(several('--label <key=value>', 'a label'))
    .addOption(archetypeOption())
    .action(async (name: string, options: CreateOptions) => {
      const { archetype, mtu, vlan, program, label } = options;
      const said = optionsOf(options);
      const { ensureNetworking } = await import('../../networking-connection.ts');
      const networking = await ensureNetworking(options);
      const made = await networking.networks.create({
        name,
        archetype,
        ...(mtu !== undefined && { mtu }),
        ...(vlan !== undefined && { vlan }),
        ...(program !== undefined && { program }),
        ...(label && { labels: Object.fromEntries(label.map(keyValue)) }),
        options: said,
      });
      process.stdout.write(`${made.name}\n`);
    });
}

/** What the archetype is told; of what was not said, nothing. */
function optionsOf({ subnet = [], gateway = [], ipRange = [], ipv6, internal, dhcp, opt }: CreateOptions) {
  for (const [option, those] of [
    ['--gateway', gateway],
    ['--ip-range', ipRange],
  ] as const) {
    if (those.length > subnet.length)
      throw new HeddleError(
        'ERR_USAGE',
        `${option} ${those[subnet.length]}: there is no --subnet in its place`,
      );
  }
  const subnets = subnet.map((one, index) => ({
    subnet: one,
    ...(gateway[index] !== undefined && { gateway: gateway[index] }),
    ...(ipRange[index] !== undefined && { range: ipRange[index] }),
  }));
  return {
    ...(subnets.length > 0 && { subnets }),
    ...(ipv6 && { ipv6 }),
    ...(internal && { internal }),
    ...(dhcp && { dhcp }),
    ...archetypeOptions(opt),
  };
}
