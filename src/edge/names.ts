import type { EdgeModel } from './model.ts';
import type { SiteView } from './view/view.ts';

/** A name under the domain, and what it leads to. */
export interface EdgeName {
  /** Relative to the domain: `web.shop.svc`. */
  readonly name: string;
  readonly kind: 'service' | 'site' | 'node' | 'alias' | 'gateway';
  readonly target: NameTarget;
  /** Why it was not given; absent: it was. */
  readonly refused?: string;
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

interface NamedService {
  readonly name: string;
  readonly namespace: string;
  readonly at: ReadonlySet<string>;
}

/** Labels below the domain that canonical names begin under. */
const reserved = new Set(['svc', 'site', 'node', 'gateway', 'ns']);

/** Why a service does not get the names that are only given where no other service has them. */
export interface Refusals {
  readonly alias?: string;
  readonly bySite?: string;
}

/** How many of those that share a name are named. */
const namedAtMost = 3;

/**
 * What is refused to a service.
 * @param having keys of all services of that name, its own among them
 */
export function refusals(name: string, key: string, having: Iterable<string>, nodes: object): Refusals {
  const others: string[] = [];
  for (const other of having) {
    if (other !== key) others.push(`service ${other}`);
    if (others.length === namedAtMost) break;
  }
  const bySite = sharedBy(others);
  const alias = reserved.has(name)
    ? `"${name}" is where canonical names begin`
    : sharedBy(name in nodes ? [...others, `node ${name}`] : others);
  return { ...(alias !== undefined && { alias }), ...(bySite !== undefined && { bySite }) };
}

function sharedBy(others: readonly string[]): string | undefined {
  if (others.length === 0) return undefined;
  return `${others.join(' and ')} ${others.length > 1 ? 'have' : 'has'} the same name`;
}

/** What has names by what sources say. */
export function namedBySources({ domain, services, nodes, sites }: EdgeModel): Named {
  const named = Object.entries(services).map(([key, { name, namespace, copies }]) => {
    const at = new Set(copies.flatMap(({ node }) => nodes[node]?.site ?? []));
    return [key, { name, namespace, at }] as const;
  });
  return { domain, services: Object.fromEntries(named), nodes, sites };
}

/** What has names by the view of a gateway. */
export function namedInView({ domain, services, nodes, gateways }: SiteView): Named {
  const named = Object.entries(services).map(([key, { name, namespace, copies }]) => {
    const at = new Set(copies.map(({ site }) => site));
    return [key, { name, namespace, at }] as const;
  });
  return { domain, services: Object.fromEntries(named), nodes, sites: gateways };
}

/**
 * Every name that there is: those of services in their namespaces, of nodes and of gateways always, the others where no
 * other service has the name, and those that are not given with the reason. That does not depend on where copies run,
 * so that no copy's coming takes a name away. Services whose names are no DNS labels have been refused by their source.
 */
export function namesOf({ services, nodes, sites }: Named): EdgeName[] {
  const byName = Map.groupBy(Object.keys(services), (key) => services[key]?.name);
  const given = Object.entries(services).map(([key, { name, namespace, at }]) => {
    const { alias, bySite } = refusals(name, key, byName.get(name) ?? [], nodes);
    const target = { service: key };
    const canonical: EdgeName[] = [
      { name: `${name}.${namespace}.svc`, kind: 'service', target },
      ...[...at].sort().map((site) => {
        const refused = bySite === undefined ? {} : { refused: bySite };
        return {
          name: `${name}.${site}.site`,
          kind: 'site' as const,
          target: { service: key, site },
          ...refused,
        };
      }),
    ];
    const short: EdgeName = { name, kind: 'alias', target, ...(alias !== undefined && { refused: alias }) };
    return { canonical, short };
  });
  return [
    ...given.flatMap(({ canonical }) => canonical),
    ...Object.keys(nodes).map((node): EdgeName => ({ name: `${node}.node`, kind: 'node', target: { node } })),
    ...Object.keys(sites).map(
      (site): EdgeName => ({ name: `${site}.gateway`, kind: 'gateway', target: { gateway: site } }),
    ),
    ...given.map(({ short }) => short),
  ];
}
