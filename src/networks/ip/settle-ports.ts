import ipaddr from 'ipaddr.js';
import { HeddleError } from '../../lib/errors.ts';
import { invalidError } from '../standard/parsed.ts';
import { chooseHostPorts, hostPortKey } from './host-ports.ts';
import type { EndpointOptions, Published } from './options.ts';
import { addressText, type Family, numberOf } from './prefix.ts';

interface Publishing {
  readonly name: string;
  readonly options: Pick<EndpointOptions, 'ports'>;
}

/**
 * The ports that an endpoint publishes, each with one of the host's. Pure. `others`: endpoints of the network on the same host;
 * `held`: ports of the host that somebody else has (`hostPortKey`).
 * @throws HeddleError ERR_RESOURCE_INVALID for one that would lead nowhere, ERR_PORT_IN_USE
 */
export function settlePorts(
  what: string,
  { id, families }: { readonly id: string; readonly families: ReadonlySet<Family> },
  said: readonly Published[],
  before: readonly Published[],
  others: readonly Publishing[],
  held: ReadonlySet<string>,
): Published[] {
  const meant = said.map((port) => {
    if (port.address === undefined) return port;
    const { family, number } = numberOf(port.address);
    const nowhere = (why: string) => invalidError(`${what}: options.ports: ${port.address}: ${why}`);
    if (!families.has(family)) throw nowhere(`its network has no IPv${family}`);
    if (family === 6 && ipaddr.parse(port.address).range() === 'loopback')
      throw nowhere('no port can lead from there to an endpoint: the kernel takes no answer for it');
    return { ...port, address: addressText(family, number) };
  });
  const theirs = others.flatMap(({ options }) =>
    options.ports.flatMap(({ protocol, published }) =>
      published === undefined ? [] : [hostPortKey(protocol, published)],
    ),
  );
  const ports = chooseHostPorts(what, id, meant, before, new Set([...held, ...theirs]));
  refuseTwice(what, ports, others);
  return ports;
}

/** Published ports are the host's: within a network they are known, across networks the rules have them. */
function refuseTwice(what: string, ports: readonly Published[], others: readonly Publishing[]): void {
  const taken = new Map(
    others.flatMap(({ name, options }) => options.ports.map((port) => [keyOf(port), `endpoint ${name}`])),
  );
  for (const port of ports) {
    const by = taken.get(keyOf(port));
    if (by !== undefined)
      throw new HeddleError(
        'ERR_PORT_IN_USE',
        `${what}: ${port.protocol} port ${port.published} is published by ${by}`,
      );
    taken.set(keyOf(port), 'itself');
  }
}

function keyOf({ protocol, published, address }: Published): string {
  return `${protocol} ${address ?? 'any'} ${published}`;
}
