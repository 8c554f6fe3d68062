import type { FlowsOfNetwork, NetworkFigures, Repairs } from '../../monitor/metrics/network-families.ts';
import { archetypes } from '../../networks/archetypes.ts';
import type { BondStatus } from '../../networks/bond/status.ts';
import type { Network } from '../../networks/standard/network.ts';
import type { NetworkingService } from '../../networks/standard/networking-service.ts';
import type { LinkStatus } from '../../networks/wan/status.ts';

/**
 * What a scrape reads of all networks. One whose counters or flows cannot be read now spoils nothing but its own figures: a switch
 * may be away.
 */
export async function figuresOf(
  networking: NetworkingService,
  repairs: readonly Repairs[],
  links: readonly LinkStatus[],
  bonds: readonly BondStatus[],
): Promise<NetworkFigures> {
  const networks = await networking.networks.list().catch(() => []);
  const [counters, endpoints, flows] = await Promise.all([
    networking.traffic.counters().catch(() => []),
    Promise.all(
      networks.map(({ name }) =>
        networking
          .endpoints(name)
          .list()
          .catch(() => []),
      ),
    ),
    Promise.all(networks.filter(hasFlows).map((network) => flowsOf(networking, network))),
  ]);
  return { networks, endpoints: endpoints.flat(), counters, flows: flows.flat(), repairs, links, bonds };
}

function hasFlows({ archetype }: Network): boolean {
  return archetypes.some(({ name, traffic }) => name === archetype && traffic?.includes('flows') === true);
}

async function flowsOf(
  { traffic }: NetworkingService,
  { name, archetype }: Network,
): Promise<FlowsOfNetwork[]> {
  try {
    return [{ network: name, archetype, flows: await traffic.flows(name) }];
  } catch {
    return [];
  }
}
