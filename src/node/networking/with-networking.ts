import type { Engine } from '../../engines/engine.ts';
import type { ObservedAddress, ObservedContainer, ObservedResource } from '../../engines/observed.ts';
import { label } from '../../lib/labels.ts';
import { overriding } from '../../lib/overriding.ts';
import { publishedBy } from '../../networks/ip/published-by.ts';
import type { Endpoint } from '../../networks/standard/endpoint.ts';
import { readIfThere } from '../../networks/standard/ensure.ts';
import type { Network } from '../../networks/standard/network.ts';
import type { NetworkingService, NetworksHere } from '../../networks/standard/networking-service.ts';

/**
 * An engine as it is seen with the networks that are not its own: projects have these too, sandboxes have addresses and
 * ports on them, and they have bridges on the host.
 */
export function withNetworking(engine: Engine, networking: NetworksHere): Engine {
  const { workloads, host } = engine;
  const placed = (containers: readonly ObservedContainer[]) =>
    Promise.all(containers.map((container) => onItsNetworks(container, networking)));
  return overriding(engine, {
    workloads: overriding(workloads, {
      observe: async (project) => {
        const objects = await workloads.observe(project);
        const [containers, networks] = await Promise.all([
          placed(objects.containers),
          networking.networks.list(),
        ]);
        const own = networks.filter(({ labels }) => labels[label.project] === project);
        const resources = await Promise.all(own.map((network) => resourceOf(network, networking)));
        return { ...objects, containers, networks: [...objects.networks, ...resources] };
      },
      containers: async (project) => placed(await workloads.containers(project)),
      inspect: async (name) => {
        const container = await workloads.inspect(name);
        return container && onItsNetworks(container, networking);
      },
      networkNames: async () => {
        const [engines, others] = await Promise.all([workloads.networkNames(), networking.networks.list()]);
        return new Set([...engines, ...others.map(({ name }) => name)]);
      },
    }),
    host: overriding(host, {
      bridgeOf: async (name) => {
        const network = await readIfThere(networking.networks, name);
        const bridge = network?.status.observed['interface'];
        return typeof bridge === 'string' ? bridge : host.bridgeOf(name);
      },
    }),
  });
}

async function onItsNetworks(
  container: ObservedContainer,
  networking: NetworkingService,
): Promise<ObservedContainer> {
  const names = (container.labels[label.networks] ?? '').split(',').filter((name) => name !== '');
  const pod = container.labels[label.pod];
  if (names.length === 0 || pod === undefined) return container;
  const found = await Promise.all(names.map((name) => readIfThere(networking.endpoints(name), pod)));
  const endpoints = found.filter((endpoint) => endpoint !== undefined);
  return {
    ...container,
    networks: [
      ...container.networks.filter(({ network }) => network !== 'none'),
      ...endpoints.map(addressOf),
    ],
    ports: [...container.ports, ...endpoints.flatMap(portsOf)],
  };
}

async function resourceOf(
  { name, archetype, labels }: Network,
  networking: NetworksHere,
): Promise<ObservedResource> {
  const hash = labels[label.hash];
  const elsewhere = await networking.elsewhere(name);
  return {
    name,
    own: true,
    owner: archetype,
    ...(elsewhere.length > 0 && { elsewhere }),
    ...(hash !== undefined && { hash }),
  };
}

function addressOf({ network, mac, options, status }: Endpoint): ObservedAddress {
  const addresses = addressesOf(options, status);
  const ipv4 = addresses.find((address) => !address.includes(':'));
  const ipv6 = addresses.find((address) => address.includes(':'));
  return { network, mac, ...(ipv4 !== undefined && { ipv4 }), ...(ipv6 !== undefined && { ipv6 }) };
}

/** One that is made of others has what those have chosen: what there is of it says so before what was wished. */
function addressesOf(options: Endpoint['options'], { observed }: Endpoint['status']): string[] {
  const [there, wished] = [observed['addresses'], options['addresses']].map(textsOf);
  return (there?.length ? there : (wished ?? [])).map((address) => address.split('/')[0] ?? address);
}

/** At which addresses of the host, as engines have it: `0.0.0.0:8080`, `:::8080`. */
function portsOf(endpoint: Endpoint): ObservedContainer['ports'][number][] {
  const isOf6 = addressesOf(endpoint.options, endpoint.status).map((address) => address.includes(':'));
  const all = [...(isOf6.includes(false) ? ['0.0.0.0'] : []), ...(isOf6.includes(true) ? ['::'] : [])];
  return publishedBy(endpoint).flatMap(({ port, published, protocol, address }) =>
    (address === undefined ? all : [address]).map((one) => ({
      target: `${port}/${protocol}`,
      host: `${one}:${published}`,
    })),
  );
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
