import ipaddr from 'ipaddr.js';
import { didYouMean } from '../../lib/did-you-mean.ts';
import { type Diagnostic, InvalidInput } from '../../lib/errors.ts';
import { parseYaml, type YamlFile } from '../../lib/yaml.ts';
import * as z from '../../lib/zod.ts';
import { type EdgeModel, type EdgeService, serviceKey } from '../model/model.ts';
import { type EdgeFile, edgeFileSchema } from './static-schema.ts';

/**
 * Reads an edge file: domain, sites, nodes, and services that are known without asking anybody.
 * @throws InvalidInput with everything that is wrong, each with its place
 */
export function readEdgeFile(text: string, file: string): EdgeModel {
  return checkEdgeFile(parseYaml(text, file), file);
}

/** All that an edge file says apart from services. */
export type EdgeFileHead = Omit<EdgeModel, 'services'>;

/**
 * The same of what is parsed already.
 * @param head all but the services, where that was found right before
 * @throws InvalidInput
 */
export function checkEdgeFile(yaml: YamlFile, file: string, head?: EdgeFileHead): EdgeModel {
  if (yaml.problems.length > 0) {
    throw new InvalidInput(
      yaml.problems.map(({ message, at }) => ({ severity: 'error', code: 'ERR_YAML_SYNTAX', message, at })),
    );
  }
  const checked = (head ? servicesSchema : edgeFileSchema).safeParse(yaml.value ?? {});
  if (!checked.success) {
    throw new InvalidInput(
      checked.error.issues.map((issue): Diagnostic => wrong(yaml, issue.path.map(String), reasonOf(issue))),
    );
  }
  const { services } = checked.data;
  const places = head ?? headOf(checked.data as EdgeFile);
  const problems = [
    ...(head ? [] : placeReferences(places, yaml)),
    ...serviceReferences(places, services, yaml),
    ...repetitions(services, yaml),
  ];
  if (problems.length > 0) throw new InvalidInput(problems);
  return { ...places, services: servicesOf(services, file) };
}

const servicesSchema = z.object({ services: edgeFileSchema.shape.services });

/** What the file is called as a source. */
export function staticName(file: string): string {
  return `static ${file}`;
}

/** Of a key that is no name, why it is none. */
function reasonOf(issue: z.core.$ZodIssue): string {
  return (issue.code === 'invalid_key' && issue.issues[0]?.message) || issue.message;
}

function headOf({ domain, caa, sites, nodes, publish }: EdgeFile): EdgeFileHead {
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
  };
}

function servicesOf(services: EdgeFile['services'], file: string): EdgeModel['services'] {
  const all = Object.entries(services).map(
    ([key, { namespace, ports, copies, ...rest }]): EdgeService => ({
      ...rest,
      ...identify(key, namespace),
      ports: Object.entries(ports).map(([port, about]) => ({ name: port, ...about })),
      copies: copies.map((copy, index) => ({ ...copy, id: idOf(copy, key, index) })),
      sources: [staticName(file)],
    }),
  );
  return Object.fromEntries(all.map((service) => [serviceKey(service), service]));
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
function repetitions(services: EdgeFile['services'], yaml: YamlFile): Diagnostic[] {
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

/** Names that the file does not define, and what has them. */
class References {
  readonly problems: Diagnostic[] = [];
  readonly #yaml: YamlFile;

  constructor(yaml: YamlFile) {
    this.#yaml = yaml;
  }

  check(name: string, known: object, path: readonly string[], what: string): void {
    if (Object.hasOwn(known, name)) return;
    const hint = didYouMean(name, Object.keys(known));
    this.problems.push(wrong(this.#yaml, path, `there is no ${what} "${name}"`, hint));
  }

  checkAll(names: readonly string[], known: object, path: readonly string[], what: string): void {
    for (const [index, name] of names.entries()) this.check(name, known, [...path, String(index)], what);
  }
}

function placeReferences({ sites, nodes }: EdgeFileHead, yaml: YamlFile): Diagnostic[] {
  const references = new References(yaml);
  const gateways = new Map<string, string>();
  for (const [name, { prefer, gateway }] of Object.entries(sites)) {
    references.checkAll(prefer, sites, ['sites', name, 'prefer'], 'site');
    for (const [index, text] of gateway.entries()) {
      const address = ipaddr.parse(text).toString();
      const other = gateways.get(address);
      if (other !== undefined && other !== name)
        references.problems.push(
          wrong(yaml, ['sites', name, 'gateway', String(index)], `${text} is the gateway of ${other}`),
        );
      gateways.set(address, name);
    }
  }
  for (const [name, { site }] of Object.entries(nodes))
    references.check(site, sites, ['nodes', name, 'site'], 'site');
  return references.problems;
}

function serviceReferences(
  { sites, nodes }: EdgeFileHead,
  services: EdgeFile['services'],
  yaml: YamlFile,
): Diagnostic[] {
  const references = new References(yaml);
  for (const [name, { policy, copies, ports }] of Object.entries(services)) {
    const path = ['services', name];
    references.checkAll(policy.pin, sites, [...path, 'policy', 'pin'], 'site');
    references.checkAll(policy.exclude, sites, [...path, 'policy', 'exclude'], 'site');
    for (const site of Object.keys(policy.weights))
      references.check(site, sites, [...path, 'policy', 'weights', site], 'site');
    for (const [index, copy] of copies.entries()) {
      const where = [...path, 'copies', String(index)];
      references.check(copy.node, nodes, [...where, 'node'], 'node');
      for (const port of Object.keys(copy.ports))
        references.check(port, ports, [...where, 'ports', port], 'port');
    }
  }
  return references.problems;
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
