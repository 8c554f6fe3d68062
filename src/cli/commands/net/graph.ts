import { type Command, Option } from 'commander';
import type { Attachment, Endpoint } from '../../../networks/standard/endpoint.ts';
import type { Network } from '../../../networks/standard/network.ts';
import { type NetworkingOptions, networkingCommand } from '../../command.ts';
import type { GraphEndpoint, GraphNetwork } from '../../output/graph.ts';

export function networkGraph(): Command {
  return networkingCommand('graph', 'Networks and what is on them, as a graph; all, when none is named')
    .argument('[networks...]')
    .addOption(
      new Option('--format <format>', 'for Graphviz or Mermaid').choices(['dot', 'mermaid']).default('dot'),
    )
    .action(async (names: string[], options: NetworkingOptions & { readonly format: 'dot' | 'mermaid' }) => {
      const [{ namedHost, presentNetworking }, { hostname }, { dotText, graphOf, mermaidText }] =
        await Promise.all([
          import('../../networking-connection.ts'),
          import('node:os'),
          import('../../output/graph.ts'),
        ]);
      const host = namedHost(options);
      const networking = await presentNetworking(options);
      const networks =
        names.length > 0
          ? await Promise.all(names.map((name) => networking.networks.read(name)))
          : await networking.networks.list();
      const drawn = await Promise.all(
        networks.map(async (network) =>
          drawnNetwork(network, await networking.endpoints(network.name).list()),
        ),
      );
      const graph = graphOf(drawn, host === undefined ? hostname() : new URL(host).hostname);
      process.stdout.write(options.format === 'dot' ? dotText(graph) : mermaidText(graph));
    });
}

function drawnNetwork(network: Network, endpoints: readonly Endpoint[]): GraphNetwork {
  const { name, archetype, vlan, options, status } = network;
  return {
    name,
    archetype,
    phase: status.phase,
    isRouted: [status.observed['gateways'] ?? []].flat().length > 0 && options['internal'] !== true,
    ...(vlan !== undefined && { vlan }),
    endpoints: endpoints.map(drawnEndpoint),
  };
}

function drawnEndpoint({ name, node, attachment, status }: Endpoint): GraphEndpoint {
  return {
    name,
    attached: placeOf(attachment),
    phase: status.phase,
    addresses: [status.observed['addresses'] ?? []].flat().map(String),
    ...(node !== undefined && { node }),
  };
}

function placeOf(attachment: Attachment): string {
  if (attachment.kind === 'namespace') return attachment.path;
  return attachment.kind === 'interface' ? attachment.interface : attachment.kind;
}
