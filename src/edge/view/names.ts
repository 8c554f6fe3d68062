import type { EdgeModel, EdgePort, Given, Refused } from '../model/model.ts';
import type { SiteView } from './view.ts';

/** A name under the domain, or a port that a service has alone, and what it leads to. */
export interface EdgeName {
  /** Relative to the domain: `web.shop.svc`; a port: `7001/tcp`. */
  readonly name: string;
  readonly kind: 'service' | 'site' | 'node' | 'alias' | 'gateway' | 'port';
  readonly target: NameTarget;
  /** Why it was not given; absent: it was. */
  readonly refused?: string;
  /** Whether somebody else has it. */
  readonly isHeld?: true;
}

/** What a name leads to: a service anywhere, a service at one site, a node, or a site's gateway. */
export type NameTarget =
  | { readonly service: string; readonly site?: string }
  | { readonly node: string }
  | { readonly gateway: string };

/** What there is that has names. */
export interface Named {
  readonly domain: string;
  /** By key: a service, and the sites that have copies of it. */
  readonly services: Readonly<Record<string, NamedService>>;
  readonly nodes: Readonly<Record<string, unknown>>;
  readonly sites: Readonly<Record<string, unknown>>;
}

interface NamedService extends Given {
  readonly name: string;
  readonly namespace: string;
  readonly at: ReadonlySet<string>;
  readonly steer: 'gateway' | 'direct';
  readonly ports: readonly EdgePort[];
  readonly refused: readonly Refused[];
}

const all: Given = { alias: true, bySite: true };

/** What has names by what sources say, as it is given. */
export function namedBySources({ domain, services, nodes, sites }: EdgeModel): Named {
  const named = Object.entries(services).map(([key, { name, namespace, steer, ports, ...rest }]) => {
    const { copies, given = all, refused = [] } = rest;
    const at = new Set(copies.flatMap(({ node }) => nodes[node]?.site ?? []));
    return [key, { name, namespace, steer, ports, at, ...given, refused }] as const;
  });
  return { domain, services: Object.fromEntries(named), nodes, sites };
}

/** What has names by the view of a gateway. */
export function namedInView({ domain, services, nodes, gateways }: SiteView): Named {
  const named = Object.entries(services).map(([key, service]) => {
    const { name, namespace, steer, ports, copies, alias, bySite, refused = [] } = service;
    const at = new Set(copies.map(({ site }) => site));
    return [key, { name, namespace, steer, ports, at, alias, bySite, refused }] as const;
  });
  return { domain, services: Object.fromEntries(named), nodes, sites: gateways };
}

/**
 * Every name that there is, then every port that a service has alone: those of services in their namespaces, of nodes and of
 * gateways always, the others where they are given, and those that are not with the reason. That does not depend on where
 * copies run, so that no copy's coming takes a name away.
 */
export function namesOf({ services, nodes, sites }: Named): EdgeName[] {
  const entries = Object.entries(services);
  return [
    ...entries.flatMap(([key, service]) => canonicalNames(key, service)),
    ...Object.keys(nodes).map((node): EdgeName => ({ name: `${node}.node`, kind: 'node', target: { node } })),
    ...Object.keys(sites).map(
      (site): EdgeName => ({ name: `${site}.gateway`, kind: 'gateway', target: { gateway: site } }),
    ),
    ...entries.map(
      ([key, { name, alias, refused }]): EdgeName => ({
        name,
        kind: 'alias',
        target: { service: key },
        ...(!alias && whyNot(refused, 'name', name)),
      }),
    ),
    ...entries.flatMap(([key, service]) => portsOf(key, service)),
  ];
}

function canonicalNames(key: string, { name, namespace, at, bySite, refused }: NamedService): EdgeName[] {
  return [
    { name: `${name}.${namespace}.svc`, kind: 'service', target: { service: key } },
    ...[...at].sort().map(
      (site): EdgeName => ({
        name: `${name}.${site}.site`,
        kind: 'site',
        target: { service: key, site },
        ...(!bySite && whyNot(refused, 'name', name)),
      }),
    ),
  ];
}

/** Of HTTP many share a port: there only who is refused is told of. */
function portsOf(key: string, { steer, ports, refused }: NamedService): EdgeName[] {
  const own = steer === 'gateway' ? ports.filter(({ application }) => application === 'stream') : [];
  const target = { service: key };
  return [
    ...own.map(({ port, protocol }): EdgeName => ({ name: `${port}/${protocol}`, kind: 'port', target })),
    ...refused
      .filter(({ kind }) => kind === 'port')
      .map(
        ({ kind, what }): EdgeName => ({ name: what, kind: 'port', target, ...whyNot(refused, kind, what) }),
      ),
  ];
}

function whyNot(refused: readonly Refused[], kind: Refused['kind'], what: string) {
  const found = refused.find((one) => one.kind === kind && one.what === what);
  // A controller of before says only that it is not given.
  return { refused: found?.reason ?? 'another has it', ...(found?.holders && { isHeld: true as const }) };
}
