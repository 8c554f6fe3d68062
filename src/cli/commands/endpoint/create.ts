import type { Command } from 'commander';
import { HeddleError } from '../../../lib/errors.ts';
import type { Attachment } from '../../../networks/standard/endpoint.ts';
import { archetypeOption, archetypeOptions } from '../../archetype-options.ts';
import { type NetworkingOptions, networkingCommand, several, wholeNumber } from '../../command.ts';

interface CreateOptions extends NetworkingOptions {
  readonly namespace?: string;
  readonly interface?: string;
  readonly tap?: boolean;
  readonly owner?: number;
  readonly hostInterface?: string;
  readonly node?: string;
  readonly handed?: boolean;
  readonly mac?: string;
  readonly ip?: string[];
  readonly alias?: string[];
  readonly publish?: string[];
  readonly opt?: string[];
}

export function createEndpoint(): Command {
  return networkingCommand('create', 'Give something access to a network')
    .argument('<network>')
    .argument('<name>')
    .option('--namespace <path>', 'a container: an interface in its network namespace, by name or path')
    .option('--interface <name>', 'what the interface is called in there (default: eth0)')
    .option('--tap', 'a virtual machine: a TAP, whose name is printed')
    .option('--owner <uid>', 'who may open the TAP (default: root)', wholeNumber)
    .option('--host-interface <name>', 'an interface of this host that nobody uses')
    .option('--node <name>', 'where it is, when nodes share their networks; default: the node that is asked')
    .option('--handed', 'an interface for somebody else to move and set up, whose name is printed')
    .option('--mac <address>', 'of the interface')
    .addOption(several('--ip <address>', 'of the endpoint; default: one that nobody has'))
    .addOption(several('--alias <name>', 'a name besides its own'))
    .addOption(
      several('-p, --publish <[[address:]port:]port[/protocol]>', 'a port of this host that leads to it'),
    )
    .addOption(archetypeOption())
    .action(async (network: string, name: string, options: CreateOptions) => {
      const [{ presentNetworking }, { publishedPort }] = await Promise.all([
        import('../../networking-connection.ts'),
        import('../../published-port.ts'),
      ]);
      const { node, mac, ip = [], alias = [], publish = [], opt } = options;
      const own = {
        ...(ip.length > 0 && { addresses: ip }),
        ...(alias.length > 0 && { aliases: alias }),
        ...(publish.length > 0 && { ports: publish.map(publishedPort) }),
        ...archetypeOptions(opt),
      };
      const networking = await presentNetworking(options);
      const made = await networking.endpoints(network).create({
        name,
        ...(node !== undefined && { node }),
        attachment: attachmentOf(options),
        ...(mac !== undefined && { mac }),
        options: own,
      });
      const { phase, reason, observed } = made.status;
      if (phase !== 'ready') process.stderr.write(`${phase}: ${reason ?? name}\n`);
      const { interface: link, addresses } = observed;
      const words = [link ?? [], addresses ?? []].flat().map(String);
      if (words.length > 0) process.stdout.write(`${words.join(' ')}\n`);
    });
}

/** @throws HeddleError ERR_USAGE when not exactly one was said */
function attachmentOf({
  namespace,
  interface: inside,
  tap,
  owner,
  hostInterface,
  handed,
}: CreateOptions): Attachment {
  const said: Attachment[] = [
    ...(namespace === undefined
      ? []
      : [{ kind: 'namespace' as const, path: pathOf(namespace), interface: inside ?? 'eth0' }]),
    ...(tap ? [{ kind: 'tap' as const, ...(owner !== undefined && { owner }) }] : []),
    ...(hostInterface === undefined ? [] : [{ kind: 'interface' as const, interface: hostInterface }]),
    ...(handed ? [{ kind: 'handed' as const }] : []),
  ];
  const [one, ...more] = said;
  if (one && more.length === 0) return one;
  throw new HeddleError(
    'ERR_USAGE',
    'just one of --namespace, --tap, --host-interface and --handed is needed',
  );
}

/** As `ip netns` names them, where it is no path. */
function pathOf(namespace: string): string {
  return namespace.startsWith('/') ? namespace : `/run/netns/${namespace}`;
}
