import ipaddr from 'ipaddr.js';
import { didYouMean } from '../../lib/did-you-mean.ts';
import { type Diagnostic, InvalidInput } from '../../lib/errors.ts';
import { parseYaml, type YamlFile } from '../../lib/yaml.ts';
import type * as z from '../../lib/zod.ts';
import { type EdgeModel, type EdgeService, serviceKey } from '../model/model.ts';
import { type EdgeFile, edgeFileSchema } from './static-schema.ts';

/**
 * Reads an edge file: domain, sites, nodes, and services that are known without asking anybody.
 * @throws InvalidInput with everything that is wrong, each with its place
 */
export function readEdgeFile(text: string, file: string): EdgeModel {
  return checkEdgeFile(parseYaml(text, file), file);
}

/**
 * The same of what is parsed already.
 * @throws InvalidInput
 */
export function checkEdgeFile(yaml: YamlFile, file: string): EdgeModel {
  if (yaml.problems.length > 0) {
    throw new InvalidInput(
      yaml.problems.map(({ message, at }) => ({ severity: 'error', code: 'ERR_YAML_SYNTAX', message, at })),
    );
  }
  const checked = edgeFileSchema.safeParse(yaml.value ?? {});
  if (!checked.success) {
    throw new InvalidInput(
      checked.error.issues.map((issue): Diagnostic => wrong(yaml, issue.path.map(String), reasonOf(issue))),
    );
  }
  const problems = [...references(checked.data, yaml), ...repetitions(checked.data, yaml)];
  if (problems.length > 0) throw new InvalidInput(problems);
  return toModel(checked.data, file);
}

/** What the file is called as a source. */
export function staticName(file: string): string {
  return `static ${file}`;
}

/** Of a key that is no name, why it is none. */
function reasonOf(issue: z.core.$ZodIssue): string {
  return (issue.code === 'invalid_key' && issue.issues[0]?.message) || issue.message;
}

function toModel({ domain, caa, sites, nodes, services, publish }: EdgeFile, file: string): EdgeModel {
  const all = Object.entries(services).map(
    ([key, { namespace, ports, copies, ...rest }]): EdgeService => ({
      ...rest,
      ...identify(key, namespace),
      ports: Object.entries(ports).map(([port, about]) => ({ name: port, ...about })),
      copies: copies.map((copy, index) => ({ ...copy, id: idOf(copy, key, index) })),
      sources: [staticName(file)],
    }),
  );
  return {
    domain,
    caa,
    sites: mapValues(sites, ({ gateway, clients, prefer, location }, name) => ({
      name,
      gateway,
      prefer,
      ...(clients && { clients }),
      ...(location && { location }),
    })),
    nodes: mapValues(nodes, (node, name) => ({ name, ...node })),
    ...(publish && { publish }),
    services: Object.fromEntries(all.map((service) => [serviceKey(service), service])),
  };
}

/** A service is written as `NAMESPACE/NAME`, or as `NAME` with its namespace beneath. */
function identify(key: string, namespace = 'default'): Pick<EdgeService, 'name' | 'namespace'> {
  const [first = '', second] = key.split('/');
  return second === undefined ? { name: first, namespace } : { name: second, namespace: first };
}

function idOf({ id }: { readonly id?: string | undefined }, key: string, index: number): string {
  return id ?? `${identify(key).name}-${index + 1}`;
}

/** Services and copies that the file has twice, and a namespace that a service is given twice. */
function repetitions({ services }: EdgeFile, yaml: YamlFile): Diagnostic[] {
  const seen = new Map<string, string>();
  return Object.entries(services).flatMap(([key, { namespace, copies }]) => {
    const path = ['services', key];
    const problems: Diagnostic[] = [];
    const service = serviceKey(identify(key, namespace));
    const before = seen.get(service);
    seen.set(service, key);
    if (before !== undefined)
      problems.push(wrong(yaml, path, `is the service ${service}, as is "${before}"`));
    if (key.includes('/') && namespace !== undefined)
      problems.push(wrong(yaml, [...path, 'namespace'], `its name says the namespace already`));
    const ids = copies.map((copy, index) => idOf(copy, key, index));
    for (const [index, id] of ids.entries()) {
      if (ids.indexOf(id) < index)
        problems.push(wrong(yaml, [...path, 'copies', String(index)], `there is a copy "${id}" already`));
    }
    return problems;
  });
}

/** Names of sites, nodes and ports that the file does not define. */
function references({ sites, nodes, services }: EdgeFile, yaml: YamlFile): Diagnostic[] {
  const problems: Diagnostic[] = [];
  const check = (name: string, known: object, path: readonly string[], what: string) => {
    if (Object.hasOwn(known, name)) return;
    problems.push(wrong(yaml, path, `there is no ${what} "${name}"`, didYouMean(name, Object.keys(known))));
  };
  const checkSites = (names: readonly string[], path: readonly string[]) => {
    for (const [index, name] of names.entries()) check(name, sites, [...path, String(index)], 'site');
  };
  const gateways = new Map<string, string>();
  for (const [name, { prefer, gateway }] of Object.entries(sites)) {
    checkSites(prefer, ['sites', name, 'prefer']);
    for (const [index, text] of gateway.entries()) {
      const address = ipaddr.parse(text).toString();
      const other = gateways.get(address);
      if (other !== undefined && other !== name)
        problems.push(
          wrong(yaml, ['sites', name, 'gateway', String(index)], `${text} is the gateway of ${other}`),
        );
      gateways.set(address, name);
    }
  }
  for (const [name, { site }] of Object.entries(nodes)) check(site, sites, ['nodes', name, 'site'], 'site');
  for (const [name, { policy, copies, ports }] of Object.entries(services)) {
    const path = ['services', name];
    checkSites(policy.pin, [...path, 'policy', 'pin']);
    checkSites(policy.exclude, [...path, 'policy', 'exclude']);
    for (const site of Object.keys(policy.weights))
      check(site, sites, [...path, 'policy', 'weights', site], 'site');
    for (const [index, copy] of copies.entries()) {
      const where = [...path, 'copies', String(index)];
      check(copy.node, nodes, [...where, 'node'], 'node');
      for (const port of Object.keys(copy.ports)) check(port, ports, [...where, 'ports', port], 'port');
    }
  }
  return problems;
}

function wrong(yaml: YamlFile, path: readonly string[], message: string, hint?: string): Diagnostic {
  return {
    severity: 'error',
    code: 'ERR_EDGE_FILE',
    message: `${path.join('.') || 'the file'}: ${message}`,
    at: yaml.at(path),
    ...(hint !== undefined && { hint }),
  };
}

function mapValues<T, U>(
  record: Readonly<Record<string, T>>,
  change: (value: T, key: string) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}
