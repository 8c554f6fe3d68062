import type { Catalogue } from '../catalogue/load.ts';
import type { Template } from '../catalogue/template.ts';
import type {
  Application,
  FeatureParameters,
  FeatureRequest,
  Network,
  Service,
} from '../descriptor/application.ts';
import type { Descriptor } from '../descriptor/index.ts';
import { didYouMean } from '../lib/did-you-mean.ts';
import type { Diagnostic } from '../lib/errors.ts';
import { archetypes, isOpenVswitch } from '../networks/archetypes.ts';
import type { FunctionOf } from '../networks/path/kinds.ts';
import { sharingConflict } from './file-view.ts';
import { functionFor } from './function.ts';
import { type EngineOffer, lackOf } from './needs.ts';
import { intendedRequests } from './objectives.ts';
import { type Budget, checkParameters } from './parameters.ts';
import { privilegesOf } from './privileges.ts';

/** A feature asked for in one place, with its template and checked parameters. */
export interface FeatureUse {
  readonly template: Template;
  /** Absent for a feature between services. */
  readonly service?: string;
  readonly parameters: FeatureParameters;
  readonly budget?: Budget;
  /** For one that traffic passes: what it does with it. */
  readonly function?: FunctionOf;
}

type Path = readonly (string | number)[];
type AddDiagnostic = (path: Path, diagnostic: Omit<Diagnostic, 'severity' | 'at'>) => void;

/** Every feature asked for, in the order of the file, and everything that is wrong with the requests. */
export function byFeature(
  descriptor: Descriptor,
  catalogue: Catalogue,
  allowPrivileged: readonly string[],
  engine?: EngineOffer,
): { uses: FeatureUse[]; diagnostics: Diagnostic[] } {
  const { application } = descriptor;
  const uses: FeatureUse[] = [];
  const between = new Set<string>();
  const diagnostics: Diagnostic[] = [];
  const report: AddDiagnostic = (path, diagnostic) =>
    diagnostics.push({ severity: 'error', at: descriptor.at(path), ...diagnostic });

  const consider = (feature: string, request: FeatureRequest, path: Path, service?: Service) => {
    if (request === false) return;
    const template = templateFor(feature, catalogue, service, path, report);
    if (!template) return;
    const lack = engine && lackOf(template, engine);
    if (lack) report(path, { ...lack, message: `${path.join('.')}: ${lack.message}` });
    const requests = requestsOf(request, path);
    if (service && requests.length > 1) {
      report(path, {
        code: 'ERR_FEATURE_PARAMETER',
        message: `${path.join('.')}: a service has ${feature} once, and not ${requests.length} times`,
        hint: 'write one map of parameters instead of a list',
      });
      return;
    }
    for (const [item, itemPath] of requests) {
      const use = checkUse(application, template, item, itemPath, service, report);
      const { from, to } = use.parameters;
      // Of two between the same ends, the agents would be the same.
      const ends = from !== undefined && to !== undefined && JSON.stringify([feature, from, to]);
      if (ends && between.has(ends)) {
        report(itemPath, {
          code: 'ERR_FEATURE_PARAMETER',
          message: `${itemPath.join('.')}: ${feature} from ${from} to ${to} is asked for twice`,
          hint: 'keep one of the two',
        });
      }
      if (ends) between.add(ends);
      uses.push(use);
    }
  };

  for (const [feature, request] of Object.entries(application.manage)) {
    consider(feature, request, ['x-heddle', 'manage', feature]);
  }
  for (const { feature, request, path } of intendedRequests(application, catalogue, report)) {
    consider(feature, request, path);
  }
  for (const service of Object.values(application.services)) {
    for (const [feature, request] of Object.entries(service.manage)) {
      consider(feature, request, ['services', service.name, 'x-heddle', 'manage', feature], service);
    }
  }
  for (const [service, functions] of functionsByService(uses)) {
    if (functions.length < 2) continue;
    const [first, second] = functions;
    const path = ['services', service, 'x-heddle', 'manage', second ?? ''];
    report(path, {
      code: 'ERR_FEATURE_IMPOSSIBLE',
      message: `${path.join('.')}: the traffic of ${service} passes ${first} already, and passes one function only`,
      hint: 'keep one of the two',
    });
  }
  for (const template of new Set(uses.map((use) => use.template))) {
    diagnostics.push(...sharedUnsaid(template));
    const privileges = privilegesOf(template);
    if (template.builtIn || privileges.length === 0 || allowPrivileged.includes(template.feature)) continue;
    diagnostics.push({
      severity: 'error',
      code: 'ERR_TEMPLATE_PRIVILEGED',
      message: `the template ${template.feature} asks for ${privileges.join(', ')}`,
      at: { file: template.file, line: 1, column: 1 },
      hint: `if you trust it, add --allow-privileged-template ${template.feature}`,
    });
  }
  return { uses, diagnostics };
}

/** The features of each service that its traffic passes. */
function functionsByService(uses: readonly FeatureUse[]): Map<string, string[]> {
  const inPath = uses.filter(({ template, service }) => template.function && service !== undefined);
  const groups = Map.groupBy(inPath, ({ service }) => service ?? '');
  return new Map(
    [...groups].map(([service, group]) => [service, group.map(({ template }) => template.feature)]),
  );
}

/** An agent in the pod of a replica shares its network, whatever it says. */
function sharedUnsaid({ agents, file }: Template): Diagnostic[] {
  return Object.entries(agents)
    .filter(([, { place, sharing }]) => place === 'replica' && sharing === 'none')
    .map(([name]) => ({
      severity: 'error',
      code: 'ERR_TEMPLATE_INVALID',
      message: `agents.${name}.sharing: an agent with \`place: replica\` shares the network of the service`,
      at: { file, line: 1, column: 1 },
      hint: 'write `sharing: network`, or place it beside the service with `place: from` or `to`',
    }));
}

/** Checks one request; what is wrong with it is reported, and the use returned all the same. */
function checkUse(
  application: Application,
  template: Template,
  request: FeatureParameters,
  path: Path,
  service: Service | undefined,
  report: AddDiagnostic,
): FeatureUse {
  const { parameters, budget, problems } = checkParameters(template, request);
  for (const { path: inner, ...problem } of problems) {
    const where = [...path, ...inner];
    report(where, { ...problem, message: `${where.join('.')}: ${problem.message}` });
  }
  const sound = problems.length === 0;
  if (service) checkHost(application, template, service, path, report);
  else if (sound) checkEnds(application, parameters, path, report);
  const fn =
    service && template.function && sound
      ? functionFor(application, service, template.function, parameters, path, report)
      : undefined;
  return {
    template,
    parameters,
    ...(service && { service: service.name }),
    ...(budget && { budget }),
    ...(fn && { function: fn }),
  };
}

function templateFor(
  feature: string,
  catalogue: Catalogue,
  service: Service | undefined,
  path: Path,
  report: AddDiagnostic,
): Template | undefined {
  const template = Object.hasOwn(catalogue.templates, feature) ? catalogue.templates[feature] : undefined;
  if (!template) {
    report(path, {
      code: 'ERR_FEATURE_UNKNOWN',
      message: `${path.join('.')}: there is no feature "${feature}"`,
      hint: didYouMean(feature, Object.keys(catalogue.templates)),
    });
    return undefined;
  }
  if ((template.scope === 'service') !== (service !== undefined)) {
    report(path, {
      code: 'ERR_FEATURE_IMPOSSIBLE',
      message: `${path.join('.')}: ${feature} is asked for ${template.scope === 'service' ? 'in a service' : 'at top level, between services'}`,
      hint:
        template.scope === 'service'
          ? `write it under services.NAME.x-heddle.manage`
          : `write it under the x-heddle.manage that stands at top level`,
    });
    return undefined;
  }
  return template;
}

function requestsOf(request: FeatureRequest, path: Path): [FeatureParameters, Path][] {
  if (Array.isArray(request)) return request.map((item: FeatureParameters, i) => [item, [...path, i]]);
  return [[request === true ? {} : (request as FeatureParameters), path]];
}

/** A feature that acts on a service's namespaces needs such as are the service's own. */
function checkHost(
  application: Application,
  template: Template,
  service: Service,
  path: Path,
  report: AddDiagnostic,
): void {
  const conflict = sharingConflict(template, service);
  if (conflict) report(path, { code: 'ERR_FEATURE_IMPOSSIBLE', ...conflict });
  if (template.ip) checkIp(application, template, service, path, report);
  if (template.function) checkBridges(application, template, service, path, report);
  const own = service.networkMode === 'bridge' || service.networkMode === 'none';
  const shares = Object.values(template.agents).some(({ place }) => place === 'replica' || place === 'path');
  if (own || !shares) return;
  report(path, {
    code: 'ERR_FEATURE_IMPOSSIBLE',
    message: `services.${service.name}: ${template.feature} would act on a network namespace that is not this service's own (network_mode: ${modeName(service)})`,
    hint: 'give the service networks of its own, or remove the feature',
  });
}

/** What looks into IP sees nothing on a network without, and whoever reads it would take that for no traffic. */
function checkIp(
  application: Application,
  template: Template,
  service: Service,
  path: Path,
  report: AddDiagnostic,
): void {
  for (const key of Object.keys(service.networks)) {
    const network = application.networks[key];
    if (!network || hasIp(network)) continue;
    report(path, {
      code: 'ERR_FEATURE_IMPOSSIBLE',
      message: `${path.join('.')}: ${template.feature} needs IP, and ${service.name} is on ${key}, whose archetype ${network.archetype} carries none`,
      hint: 'put the service on networks with IP only, or remove the feature',
    });
  }
}

/** One of an archetype that is not there is reported elsewhere. */
function hasIp({ archetype = 'engine' }: Network): boolean {
  return archetypes.find(({ name }) => name === archetype)?.carriesIp !== false;
}

/** A function can stand between a service and a bridge; on other networks the service would be reached around it. */
function checkBridges(
  application: Application,
  template: Template,
  service: Service,
  path: Path,
  report: AddDiagnostic,
): void {
  for (const key of Object.keys(service.networks)) {
    const { driver, archetype = 'engine', archetypeOptions } = application.networks[key] ?? {};
    if (isOpenVswitch(archetype, archetypeOptions))
      report(path, {
        code: 'ERR_FEATURE_IMPOSSIBLE',
        message: `${path.join('.')}: ${template.feature} cannot stand in the path of ${service.name} on the network ${key}, whose switch is Open vSwitch`,
        hint: 'put the service on networks with a bridge of the kernel, such as those of ip, or remove the feature',
      });
    if (driver === undefined || driver === 'bridge' || driver === 'default') continue;
    report(path, {
      code: 'ERR_FEATURE_IMPOSSIBLE',
      message: `${path.join('.')}: ${template.feature} cannot stand in the path of ${service.name} on the network ${key}, whose driver is ${driver}`,
      hint: 'put the service on bridge networks only, or remove the feature',
    });
  }
}

/** A feature between services names two of them, which have to be on a common network. */
function checkEnds(
  application: Application,
  parameters: FeatureParameters,
  path: Path,
  report: AddDiagnostic,
): void {
  const ends = (['from', 'to'] as const).map((end) => {
    const name = String(parameters[end]);
    const service = Object.hasOwn(application.services, name) ? application.services[name] : undefined;
    if (parameters[end] !== undefined && !service) {
      const where = [...path, end];
      const hint = didYouMean(name, Object.keys(application.services));
      report(where, {
        code: 'ERR_UNKNOWN_REFERENCE',
        message: `${where.join('.')}: no service named "${name}"`,
        hint,
      });
    }
    return service;
  });
  const [from, to] = ends;
  const meet = (network: string) => {
    const common = application.networks[network];
    return to !== undefined && network in to.networks && (common === undefined || hasIp(common));
  };
  if (!from || !to || Object.keys(from.networks).some(meet)) return;
  report(path, {
    code: 'ERR_FEATURE_IMPOSSIBLE',
    message: `${path.join('.')}: ${from.name} and ${to.name} are on no common network`,
    hint: 'put both on one network, or remove the feature',
  });
}

function modeName(service: Service): string {
  const mode = service.networkMode;
  if (typeof mode === 'string') return mode;
  return 'service' in mode ? `service:${mode.service}` : `container:${mode.container}`;
}
