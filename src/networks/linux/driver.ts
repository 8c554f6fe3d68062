import { deleteLinks, ipBatch, ipJson, type Link } from '../ip.ts';
import type { Observed, TypedDriver } from '../standard/archetype.ts';
import { adopted } from './adopted.ts';
import {
  createBridge,
  isBridge,
  isPort,
  type LinuxEndpoint,
  removeSurplus,
  settleBridge,
} from './commands.ts';
import { host, isAbsent, isThere, ownLink } from './links.ts';
import { bridgeName, portName } from './names.ts';
import type { EndpointOptions, NetworkOptions } from './options.ts';
import type { Port } from './port.ts';
import { tap } from './tap.ts';
import { veth } from './veth.ts';

const ports = { namespace: veth, tap, interface: adopted };

function portOf({ attachment }: LinuxEndpoint): Port<LinuxEndpoint['attachment']> {
  return ports[attachment.kind] as Port<LinuxEndpoint['attachment']>;
}

/** Bridges and their ports. */
export const driver: TypedDriver<NetworkOptions, EndpointOptions> = {
  async applyNetwork(network): Promise<Observed> {
    const name = bridgeName(network.id);
    try {
      await ipBatch(host, [...createBridge(network), ...settleBridge(network)]);
    } catch (error) {
      if (!isThere(error)) throw error;
      const link = await ownLink(name, network.id);
      await ipBatch(host, [...settleBridge(network), ...removeSurplus(link, network.options.addresses)]);
    }
    return { interface: name };
  },

  async removeNetwork({ id }) {
    const name = bridgeName(id);
    if (await ownLink(name, id)) await deleteLinks(host, [name]);
  },

  async applyEndpoint(endpoint, network) {
    const apply = () => portOf(endpoint).apply(endpoint, network, endpoint.attachment);
    try {
      return await apply();
    } catch (error) {
      if (!isAbsent(error)) throw error;
      // Somebody deleted the bridge.
      await driver.applyNetwork(network);
      return apply();
    }
  },

  removeEndpoint: (endpoint) => portOf(endpoint).remove(endpoint, endpoint.attachment),

  /** By one look at the host's interfaces: what is inside a namespace is not looked at. */
  async drifted(networks, endpoints) {
    const links = new Map((await ipJson<Link>(host, ['link', 'show'])).map((link) => [link.ifname, link]));
    const byName = new Map(networks.map((network) => [network.name, network]));
    const isAsItShould = (endpoint: LinuxEndpoint) => {
      const network = byName.get(endpoint.network);
      return network !== undefined && isPort(links.get(portOfHost(endpoint)), endpoint, network);
    };
    return new Set([
      ...networks
        .filter((network) => !isBridge(links.get(bridgeName(network.id)), network))
        .map(({ id }) => id),
      ...endpoints.filter((endpoint) => !isAsItShould(endpoint)).map(({ id }) => id),
    ]);
  },
};

function portOfHost({ id, attachment }: LinuxEndpoint): string {
  return attachment.kind === 'interface' ? attachment.interface : portName(id);
}
