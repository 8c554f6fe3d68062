import type { EdgeModel } from './model.ts';

/** A name under the domain, and what it leads to. */
export interface EdgeName {
  /** Relative to the domain: `web.shop.svc`. */
  readonly name: string;
  readonly kind: 'service' | 'site' | 'node' | 'alias' | 'gateway';
  readonly target: NameTarget;
  /** Why an alias was not given; absent: it was. */
  readonly refused?: string;
}

/** What a name leads to: a service anywhere, a service at one site, a node, or a site's gateway. */
export type NameTarget =
  | { readonly service: string; readonly site?: string }
  | { readonly node: string }
  | { readonly gateway: string };

/** Labels below the domain that canonical names begin under. */
const reserved = new Set(['svc', 'site', 'node', 'gateway', 'ns']);

export function isReserved(name: string): boolean {
  return reserved.has(name);
}

/** A DNS label (RFC 1123, 2.1): letters, digits and hyphens, at most 63. */
export function isLabel(text: string): boolean {
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text);
}

/**
 * Every name of a model: canonical ones always, aliases where they are unique, and those that are not with the reason.
 * Services whose names are no DNS labels have been refused by their source.
 */
export function namesOf(model: EdgeModel): EdgeName[] {
  const canonical = [...serviceNames(model), ...nodeNames(model), ...gatewayNames(model)];
  return [...canonical, ...aliases(model)];
}

function serviceNames({ services, nodes }: EdgeModel): EdgeName[] {
  return Object.entries(services).flatMap(([key, { name, namespace, copies }]) => {
    const sites = new Set(copies.flatMap(({ node }) => nodes[node]?.site ?? []));
    return [
      { name: `${name}.${namespace}.svc`, kind: 'service' as const, target: { service: key } },
      ...[...sites].sort().map((site) => ({
        name: `${name}.${site}.site`,
        kind: 'site' as const,
        target: { service: key, site },
      })),
    ];
  });
}

function nodeNames({ nodes }: EdgeModel): EdgeName[] {
  return Object.keys(nodes).map((node) => ({ name: `${node}.node`, kind: 'node', target: { node } }));
}

function gatewayNames({ sites }: EdgeModel): EdgeName[] {
  return Object.keys(sites).map((site) => ({
    name: `${site}.gateway`,
    kind: 'gateway',
    target: { gateway: site },
  }));
}

/** `<service>.<domain>`, for who would rather type less: not where another service, or a node, has that name. */
function aliases({ services, nodes }: EdgeModel): EdgeName[] {
  const byName = Map.groupBy(Object.entries(services), ([, { name }]) => name);
  return Object.entries(services).map(([key, { name }]) => {
    const others = [
      ...(byName.get(name) ?? []).filter(([other]) => other !== key).map(([other]) => `service ${other}`),
      ...(name in nodes ? [`node ${name}`] : []),
    ];
    const refused = isReserved(name)
      ? `"${name}" is where canonical names begin`
      : others.length > 0
        ? `${others.join(' and ')} ${others.length > 1 ? 'have' : 'has'} the same name`
        : undefined;
    return { name, kind: 'alias', target: { service: key }, ...(refused !== undefined && { refused }) };
  });
}
