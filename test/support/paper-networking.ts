import { HostPorts } from '../../src/doors/ports/host-ports.ts';
import type { Listening } from '../../src/lib/listening.ts';
import { archetypes } from '../../src/networks/archetypes.ts';
import { localServices } from '../../src/networks/local-services.ts';
import type { Archetype, Driver } from '../../src/networks/standard/archetype.ts';
import type { NetworkingService, Networks } from '../../src/networks/standard/networking-service.ts';
import { Networking } from '../../src/node/networking/networking.ts';
import type { Entry, StateManager } from '../../src/state/state-manager.ts';

/** The networks of a host on paper: all that is decided is decided as always, and nothing is made of it. */
export function paperNetworking(): Networks {
  const all = archetypes.map(
    (archetype): Archetype => ({ ...archetype, uses: [], driver: () => paperDriver }),
  );
  return new Networking(localServices(all, paperState(), () => '/nowhere'));
}

/** The ports of that host, on which programs listen where it is said. */
export function paperPorts(networking: NetworkingService, heard: readonly Listening[] = []): HostPorts {
  return new HostPorts(networking, 'here', async () => heard);
}

interface Subnet {
  readonly subnet: string;
  readonly gateway?: string;
}

/** What drivers say that they have made, where they would have. */
const paperDriver: Driver = {
  applyNetwork: async ({ id, options }) => {
    const subnets = (options['subnets'] ?? []) as Subnet[];
    return {
      interface: `hb${id}`,
      subnets: subnets.map(({ subnet }) => subnet),
      gateways: subnets.flatMap(({ gateway }) => gateway ?? []),
    };
  },
  removeNetwork: async () => {},
  applyEndpoint: async ({ id, options }, network) => {
    const subnets = (network.options['subnets'] ?? []) as Subnet[];
    const addresses = (options['addresses'] ?? []) as string[];
    const gateways = subnets.flatMap(({ gateway }) => gateway ?? []);
    return {
      interface: `hi${id}`,
      port: `hp${id}`,
      addresses: addresses.map((address, index) => `${address}/${subnets[index]?.subnet.split('/')[1]}`),
      gateways,
      nameServers: gateways,
    };
  },
  removeEndpoint: async () => {},
};

function paperState(): StateManager {
  const entries = new Map<string, Entry>();
  let revision = 0;
  return {
    isCurrent: true,
    lease: () => {
      throw new Error('nothing on paper is there for a while only');
    },
    get: async (key) => entries.get(key),
    list: async (prefix) => ({
      entries: [...entries.values()].filter(({ key }) => key.startsWith(prefix)),
      revision,
    }),
    commit: async (conditions, changes) => {
      if (conditions.some((one) => (entries.get(one.key)?.revision ?? 0) !== one.revision)) return undefined;
      revision++;
      for (const change of changes) {
        if ('delete' in change) entries.delete(change.key);
        else entries.set(change.key, { ...change, revision });
      }
      return revision;
    },
    watch: () => {
      throw new Error('nobody watches what is on paper');
    },
    close: async () => {},
  };
}
