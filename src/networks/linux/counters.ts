import type { InterfaceCounters } from '../../lib/net-dev.ts';
import type { PortCounters } from '../nve/edge.ts';
import { portName } from '../nve/names.ts';
import type { LinkCounters, NetworkCounters } from '../standard/traffic.ts';
import type { LinuxEndpoint, LinuxNetwork } from './commands.ts';
import { bridgeName, portOfHost } from './names.ts';

/** What has passed on networks, by the counters of this host's interfaces and of its edge. Pure. */
export function countersOf(
  networks: readonly LinuxNetwork[],
  endpoints: readonly LinuxEndpoint[],
  interfaces: readonly InterfaceCounters[],
  edge: readonly PortCounters[] = [],
): NetworkCounters[] {
  const byName = new Map(interfaces.map((one) => [one.name, one]));
  const byNetwork = Map.groupBy(endpoints, ({ network }) => network);
  const atPort = (endpoint: LinuxEndpoint): LinkCounters[] => {
    const port = byName.get(portOfHost(endpoint));
    // What a port sends is what its endpoint receives.
    return port
      ? [
          {
            kind: 'endpoint',
            name: endpoint.name,
            interface: port.name,
            received: port.sent,
            sent: port.received,
          },
        ]
      : [];
  };
  return networks.map((network) => {
    const { id, name, archetype, vlan } = network;
    const passed = edge.find((one) => one.vlan === vlan);
    const bridge = byName.get(bridgeName(id));
    const host: LinkCounters[] = bridge
      ? [
          {
            kind: 'host',
            name: bridge.name,
            interface: bridge.name,
            received: bridge.received,
            sent: bridge.sent,
          },
        ]
      : [];
    return {
      network: name,
      archetype,
      links: [...(byNetwork.get(name) ?? []).flatMap(atPort), ...host, ...(passed ? [atEdge(passed)] : [])],
    };
  });
}

/** The edge counts for itself: what it leads past an interface, that does not count. */
function atEdge({ vlan, toWire, fromWire }: PortCounters): LinkCounters {
  const name = portName(vlan);
  return { kind: 'edge', name, interface: name, received: toWire, sent: fromWire };
}
