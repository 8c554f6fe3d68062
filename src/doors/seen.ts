import type { Endpoint } from '../networks/standard/endpoint.ts';
import type { Network } from '../networks/standard/network.ts';

/** What an endpoint has, as archetypes with IP say it; of the others all lists are empty. */
export interface Seen {
  /** Its end on this host. */
  readonly port?: string;
  /** With the lengths of their prefixes. */
  readonly addresses: readonly string[];
  readonly gateways: readonly string[];
  readonly nameServers: readonly string[];
}

export function seen({ status: { observed } }: Pick<Endpoint, 'status'>): Seen {
  const { port } = observed;
  return {
    ...(typeof port === 'string' && { port }),
    addresses: texts(observed['addresses']),
    gateways: texts(observed['gateways']),
    nameServers: texts(observed['nameServers']),
  };
}

export interface Subnet {
  readonly subnet: string;
  readonly gateway?: string;
}

/** The subnets that a network has, whoever chose them. */
export function subnetsOf({ status: { observed } }: Pick<Network, 'status'>): Subnet[] {
  const gateways = texts(observed['gateways']);
  return texts(observed['subnets']).map((subnet, index) => {
    const gateway = gateways[index];
    return { subnet, ...(gateway !== undefined && { gateway }) };
  });
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

export function familyOf(address: string): 4 | 6 {
  return address.includes(':') ? 6 : 4;
}

/** RFC 1123, 2.1, and `_`: what a network of IP takes as a name. */
export function isDnsName(name: string): boolean {
  return /^[a-zA-Z0-9_]([a-zA-Z0-9_.-]{0,251}[a-zA-Z0-9_])?$/.test(name);
}
