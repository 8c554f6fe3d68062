import type { PortWords, PublishedPolicy, Reach } from '../../descriptor/publication-words.ts';
import type { PublishRules } from './publish-rules.ts';

/**
 * What exists at the edge: sites with their gateways and nodes, and services with the copies that run there. Sources
 * fill it, the view is computed from it. Names are DNS labels (RFC 1035, 2.3.1); addresses IPv4 or IPv6.
 */
export interface EdgeModel extends EdgePlaces {
  /** What an operator lets namespaces publish; nothing: anything. */
  readonly publish?: PublishRules;
  /** By key: `<namespace>/<name>`. */
  readonly services: Readonly<Record<string, EdgeService>>;
}

/** The domain and where things are: what there is apart from services. */
export interface EdgePlaces {
  /** `edge.internal`. */
  readonly domain: string;
  /** Who may issue certificates for the domain; empty: nothing is said. */
  readonly caa: readonly Caa[];
  readonly sites: Readonly<Record<string, Site>>;
  readonly nodes: Readonly<Record<string, EdgeNode>>;
}

/** RFC 8659. */
export interface Caa {
  readonly tag: 'issue' | 'issuewild' | 'iodef';
  readonly value: string;
}

export interface Site {
  readonly name: string;
  /** Addresses of its gateway, under which clients of the site know it. */
  readonly gateway: readonly string[];
  /** Degrees. Only for what an operator declares; delays are measured. */
  readonly location?: { readonly latitude: number; readonly longitude: number };
  /** Networks that its clients are in, `10.1.0.0/16`: for resolvers that ask for clients of several sites. */
  readonly clients?: readonly string[];
  /** Sites that its clients are sent to first, whatever the delay. */
  readonly prefer: readonly string[];
}

export interface EdgeNode {
  readonly name: string;
  readonly site: string;
  readonly addresses: readonly string[];
  /** Whether a proxy stands there that the controller leads. */
  readonly proxy?: boolean;
}

export interface EdgeService extends Reach {
  readonly name: string;
  readonly namespace: string;
  readonly ports: readonly EdgePort[];
  readonly copies: readonly Copy[];
  /** Names of the sources that publish it. */
  readonly sources: readonly string[];
  /** Since when it is there, milliseconds since 1970; nothing: its source does not know. */
  readonly since?: number;
  /** Which of its names it is given; nothing: all. */
  readonly given?: Given;
  /** What it asked for and is not given. */
  readonly refused?: readonly Refused[];
}

/** Names that only one service can have. */
export interface Given {
  /** `<name>.<domain>`. */
  readonly alias: boolean;
  /** `<name>.<site>.site.<domain>`. */
  readonly bySite: boolean;
}

/** What a service is not given. */
export interface Refused {
  /** `node port`: it is given at gateways, and not by proxies of nodes. */
  readonly kind: 'service' | 'name' | 'port' | 'node port';
  /** `web`, `7001/tcp`. */
  readonly what: string;
  readonly reason: string;
  /** Keys of services that have it. */
  readonly holders?: readonly string[];
}

export interface EdgePort extends PortWords {
  readonly name: string;
  /** Proxies of nodes do not lead it on: another service has it there. */
  readonly notAtNodes?: true;
}

/** Whether connections to a port are balanced as they are. */
export function isOfLayer4({ protocol, layer }: Pick<EdgePort, 'protocol' | 'layer'>): boolean {
  return protocol === 'udp' || layer === 4;
}

/** The number of a port, by its name, which may be that of anything: every object has a `constructor`. */
export function numberOf(
  numbers: Readonly<Record<string, number>> | undefined,
  { name }: Pick<EdgePort, 'name'>,
): number | undefined {
  return numbers && Object.hasOwn(numbers, name) ? numbers[name] : undefined;
}

/** What an operator decides over the measured delays. */
export type Policy = PublishedPolicy;

/** One running copy of a service. */
export interface Copy {
  /** Unique among the copies of its service, and stable: a pod's or a container's name. */
  readonly id: string;
  readonly node: string;
  readonly address: string;
  /** The number behind each of the service's ports, by its name. */
  readonly ports: Readonly<Record<string, number>>;
  /** The number that its node's own addresses answer for it at, such as a NodePort, by the name of the port. */
  readonly nodePorts?: Readonly<Record<string, number>>;
  /** Whether its own readiness check passes. */
  readonly ready: boolean;
  /** On its way out: keeps its connections, gets no new ones. */
  readonly draining: boolean;
}

/** What became different in a model. */
export interface ModelChange {
  /** Present when they changed. */
  readonly places?: EdgePlaces;
  /** By key; nothing when a service went. */
  readonly services: ReadonlyMap<string, EdgeService | undefined>;
}

/** `<namespace>/<name>`. */
export function serviceKey({ namespace, name }: Pick<EdgeService, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`;
}

export const noPolicy: Policy = { pin: [], exclude: [], weights: {}, by: 'delay' };
