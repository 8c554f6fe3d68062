import type { Endpoint } from '../standard/endpoint.ts';

// Names of interfaces have at most 15 bytes, and an id has 12: names of networks and endpoints are in `ip link`'s alias.

/** The bridge of a network. */
export function bridgeName(id: string): string {
  return `hb${id}`;
}

export function isBridgeName(name: string): boolean {
  return /^hb[0-9a-f]{12}$/.test(name);
}

/** The end of an endpoint's link that is a port of the bridge. */
export function portName(id: string): string {
  return `hp${id}`;
}

/** Whose port it is, by its name. */
export function endpointIdOf(port: string): string | undefined {
  return /^hp([0-9a-f]{12})$/.exec(port)?.[1];
}

/** The other end, while nobody has moved it away from this host. */
export function handedName(id: string): string {
  return `hi${id}`;
}

/** The port by which a network's own DHCP server is on its bridge. */
export function serverPortName(id: string): string {
  return `hk${id}`;
}

/** What an endpoint has on this host. */
export function portOfHost({ id, attachment }: Pick<Endpoint, 'id' | 'attachment'>): string {
  return attachment.kind === 'interface' ? attachment.interface : portName(id);
}

/** Whether a name is one that Heddle gives to what is its own: bridges, ports, and what the edge is made of. */
export function isOwnName(name: string): boolean {
  return /^h([bpiko][0-9a-f]{12}|[vsx]\d{1,4}|[qf]\d{1,3}|node[01]|nve)$/.test(name);
}

const longestAlias = 255;

/** What shows in `ip link` for whose an interface is: the proof that Heddle may change it. */
export function aliasOf(kind: 'network' | 'endpoint' | 'ingress', id: string, name?: string): string {
  return `heddle ${kind} ${id}${name === undefined ? '' : ` ${name}`}`.slice(0, longestAlias);
}

/** Of which endpoint an alias says that an interface is. */
export function endpointIn(alias: string): string | undefined {
  return /^heddle endpoint ([0-9a-f]{12})( |$)/.exec(alias)?.[1];
}

export function isOwn(alias: string | undefined, id: string): boolean {
  return alias?.split(' ')[0] === 'heddle' && alias.split(' ')[2] === id;
}
