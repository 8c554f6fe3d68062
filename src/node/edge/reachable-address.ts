import ipaddr from 'ipaddr.js';
import type { ListedCopy } from '../../edge/sources/engine/record.ts';
import type { ObservedContainer } from '../../engines/observed.ts';
import type { PublishedService } from '../../selector/spec.ts';

type Ports = PublishedService['ports'];
type ReachableAddress = Pick<ListedCopy, 'address' | 'ports'>;
type Holder = Pick<ObservedContainer, 'networks' | 'ports'>;

/**
 * Where others reach a service's ports. On the host, where all of them are published there at one address that is not a
 * loopback's: that is what others can reach. Else at the container's address, on the first of its networks.
 * @param holder what owns the network namespace; nothing: that of the host
 * @param networks in the order of their priority
 */
export function reachableAddressOf(
  holder: Holder | undefined,
  networks: readonly string[],
  ports: Ports,
): ReachableAddress | undefined {
  const inside = Object.fromEntries(ports.map(({ name, target }) => [name, target]));
  if (!holder) return { address: null, ports: inside };
  const published = publishedAddress(holder, ports);
  if (published) return published;
  const order = [...networks, ...holder.networks.map(({ network }) => network)];
  for (const name of order) {
    const found = holder.networks.find(({ network }) => network === name);
    const address = found?.ipv4 ?? found?.ipv6;
    if (address !== undefined) return { address, ports: inside };
  }
  return undefined;
}

/** The host's ports behind all of a service's, if there is one address that has them all. */
function publishedAddress({ ports: published }: Holder, ports: Ports): ReachableAddress | undefined {
  const numbers = ports.map(({ name, target, protocol }) => {
    const hosts = published
      .filter((port) => port.target === `${target}/${protocol}`)
      .map(({ host }) => split(host));
    return { name, at: new Map(hosts.filter(([address]) => !isLoopback(address))) };
  });
  const [first, ...others] = numbers;
  for (const address of first?.at.keys() ?? []) {
    if (!others.every(({ at }) => at.has(address))) continue;
    return {
      address: isAny(address) ? null : address,
      ports: Object.fromEntries(numbers.map(({ name, at }) => [name, at.get(address) ?? 0])),
    };
  }
  return undefined;
}

/** `0.0.0.0:8080`, `:::8080`. */
function split(host: string): [address: string, port: number] {
  const cut = host.lastIndexOf(':');
  return [host.slice(0, cut), Number(host.slice(cut + 1))];
}

function isLoopback(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
}

function isAny(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'unspecified';
}
