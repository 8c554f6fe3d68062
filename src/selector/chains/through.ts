import type { Catalogue } from '../../catalogue/load.ts';
import type { Template } from '../../catalogue/template.ts';
import type { Application, Service } from '../../descriptor/application.ts';
import type { Chain, ChainEntry, PortMatch } from '../../descriptor/chain.ts';
import { didYouMean } from '../../lib/did-you-mean.ts';
import type { Problem } from '../../networks/path/kind.ts';
import { type FunctionOf, kindNamed } from '../../networks/path/kinds.ts';
import { type AddDiagnostic, hasIp, type Path } from '../feature-places.ts';
import { type FeatureUse, readUse, templateFor } from '../features.ts';
import { type EngineOffer, lackOf } from '../needs.ts';
import { siteOf } from '../places.ts';
import { outside } from './ends.ts';
import type { Segment } from './segments.ts';

/** One of the functions that a chain leads through. */
export type ChainFunction =
  | { readonly kind: 'service'; readonly service: Service }
  | { readonly kind: 'feature'; readonly use: FeatureUse };

/** What the functions of chains are looked up in. */
export interface Offered {
  readonly application: Application;
  /** Services of profiles that do not run. */
  readonly inactive: readonly string[];
  readonly catalogue: Catalogue;
  readonly engine?: EngineOffer | undefined;
}

/** As it is shown to the user. */
export function functionName(fn: ChainFunction): string {
  return fn.kind === 'service' ? fn.service.name : fn.use.template.feature;
}

/** The functions of a segment of a chain in their order. `led`: the service at whose pods it is enforced. What is wrong is reported. */
export function functionsOf(
  offered: Offered,
  chain: Chain,
  led: Service,
  path: Path,
  report: AddDiagnostic,
  { first, end }: Segment,
): ChainFunction[] {
  const seen: string[] = [];
  return chain.through.slice(0, end).flatMap((entry, index): ChainFunction[] => {
    const where = [...path, 'through', index];
    const name = typeof entry === 'string' ? entry : entry.feature;
    const key = `${typeof entry} ${name}`;
    const before = seen.lastIndexOf(key);
    seen.push(key);
    if (index < first) return [];
    if (before >= 0) {
      const how = before === index - 1 ? `${name} is its own neighbour` : `${name} stands in it already`;
      report(where, {
        code: 'ERR_CHAIN_IMPOSSIBLE',
        message: `${where.join('.')}: ${how}: a chain with a loop never ends`,
        hint: 'keep one of the two',
      });
      return [];
    }
    const fn =
      typeof entry === 'string'
        ? serviceFunction(offered, chain, entry, led, where, report)
        : featureFunction(offered, chain, entry, led, where, report);
    return fn ? [fn] : [];
  });
}

function serviceFunction(
  { application, inactive, catalogue }: Offered,
  { from, to, ports }: Chain,
  name: string,
  led: Service,
  path: Path,
  report: AddDiagnostic,
): ChainFunction | undefined {
  const where = path.join('.');
  const refuse = (message: string, hint: string) =>
    report(path, { code: 'ERR_CHAIN_IMPOSSIBLE', message: `${where}: ${message}`, hint });
  const service = Object.hasOwn(application.services, name) ? application.services[name] : undefined;
  if (name === from || name === to) {
    refuse(`${name} is an end of this chain, and cannot stand in it`, 'take it out of `through`');
    return undefined;
  }
  if (!service && inactive.includes(name)) {
    report(path, {
      code: 'ERR_UNKNOWN_REFERENCE',
      message: `${where}: the service "${name}" is not active`,
      hint: 'use --profile with one of its profiles',
    });
    return undefined;
  }
  if (!service) {
    const offers = Object.hasOwn(catalogue.templates, name) && catalogue.templates[name]?.function;
    const functions = Object.values(application.services).flatMap((one) => (one.function ? one.name : []));
    report(path, {
      code: 'ERR_UNKNOWN_REFERENCE',
      message: `${where}: there is no service "${name}"`,
      hint: offers
        ? `for the feature of the catalogue, write { ${name}: { … } }, with its parameters, or { ${name}: true }`
        : didYouMean(name, functions),
    });
    return undefined;
  }
  if (!service.function) {
    refuse(
      `the service ${name} is no network function`,
      `write \`x-heddle: { function: wire }\`, or the mode that it has, in ${name}`,
    );
    return undefined;
  }
  // One that is not shared stands beside whoever is led.
  if (service.function.per === 'service' && isApart(service, led)) {
    report(path, {
      code: 'ERR_PLACE_IMPOSSIBLE',
      message: `${where}: ${name} is placed at ${siteOf(service)}, and ${led.name}, whose traffic is led through it, at ${siteOf(led)}`,
      hint: 'a function stands at a site of one of the ends: `through` begins with those at the site of `from`, and ends with those at the site of `to`',
    });
    return undefined;
  }
  const { mode } = service.function;
  const dumb = mode === 'wire' ? undefined : withoutIp(application, led);
  if (dumb !== undefined)
    refuse(
      `${name} ${mode === 'proxy' ? 'ends connections of TCP' : 'routes packets of IP'}, and ${led.name} is on ${dumb}, which carries none`,
      'take it out of `through`, or let it be of `mode: wire`',
    );
  const why = mode === 'proxy' ? whyNotProxied(ports) : undefined;
  if (why !== undefined)
    refuse(
      `${name} is a proxy, which ends connections of TCP, and ${why}`,
      'write `match: { ports: [80/tcp] }` with the ports that it is for',
    );
  return { kind: 'service', service };
}

/** What of a chain a proxy cannot end. Nothing: it can. */
function whyNotProxied(ports: readonly PortMatch[]): string | undefined {
  if (ports.length === 0) return 'the chain is of everything';
  return ports.some(({ protocol }) => protocol !== 'tcp') ? 'the chain is of UDP, too' : undefined;
}

/** Where a service without a place will be is not known yet. */
function isApart(service: Service, led: Service): boolean {
  const [place, other] = [siteOf(service), siteOf(led)];
  return place !== undefined && other !== undefined && place !== other;
}

/** A network of a service that carries no IP. */
function withoutIp({ networks }: Application, { networks: own }: Service): string | undefined {
  return Object.keys(own).find((key) => {
    const network = networks[key];
    return network !== undefined && !hasIp(network);
  });
}

function featureFunction(
  { application, catalogue, engine }: Offered,
  chain: Chain,
  { feature, parameters }: Exclude<ChainEntry, string>,
  led: Service,
  path: Path,
  report: AddDiagnostic,
): ChainFunction | undefined {
  const at = [...path, feature];
  const template = templateFor(feature, catalogue, 'chain', at, report);
  if (!template) return undefined;
  const refuse = (message: string, hint: string) =>
    report(at, { code: 'ERR_CHAIN_IMPOSSIBLE', message: `${at.join('.')}: ${message}`, hint });
  if (!template.function) {
    refuse(
      `${feature} is nothing that traffic passes`,
      `write it under services.${led.name}.x-heddle.manage`,
    );
    return undefined;
  }
  if (hasMore(template))
    refuse(
      `${feature} is more than a function in the path`,
      `write it under services.${led.name}.x-heddle.manage`,
    );
  const dumb = template.ip ? withoutIp(application, led) : undefined;
  if (dumb !== undefined)
    refuse(
      `${feature} needs IP, and ${led.name} is on ${dumb}, which carries none`,
      'remove it from the chain',
    );
  const lack = engine && lackOf(template, engine);
  if (lack) report(at, { ...lack, message: `${at.join('.')}: ${lack.message}` });
  const { use } = readUse(application, template, parameters, at, led, report);
  for (const { path: inner, message, hint } of use.function ? unfit(use.function, chain, led) : []) {
    const where = [...at, ...inner];
    report(where, { code: 'ERR_CHAIN_IMPOSSIBLE', message: `${where.join('.')}: ${message}`, hint });
  }
  return { kind: 'feature', use };
}

function unfit({ kind, settings }: FunctionOf, { ports, from, to }: Chain, { name }: Service): Problem[] {
  const around = { ports, led: name, isAtFrom: to !== name, isFromOutside: from === outside };
  return kindNamed(kind).unfitFor?.(settings, around) ?? [];
}

/** What stands beside a function has one place in a service, and none in a chain. */
function hasMore({ agents, collector }: Template): boolean {
  return collector !== undefined || Object.values(agents).some(({ place }) => place !== 'path');
}
