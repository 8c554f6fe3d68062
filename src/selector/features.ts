import type { Catalogue } from '../catalogue/load.ts';
import type { Template } from '../catalogue/template.ts';
import type { Application, FeatureParameters, FeatureRequest, Service } from '../descriptor/application.ts';
import type { Descriptor } from '../descriptor/index.ts';
import { didYouMean } from '../lib/did-you-mean.ts';
import type { Diagnostic } from '../lib/errors.ts';
import type { FunctionOf } from '../networks/path/kinds.ts';
import { type AddDiagnostic, checkEnds, checkHost, type Path } from './feature-places.ts';
import { functionFor } from './function.ts';
import { type EngineOffer, lackOf } from './needs.ts';
import { intendedRequests } from './objectives.ts';
import { type Budget, checkParameters } from './parameters.ts';

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

/** Every feature asked for, in the order of the file, and everything that is wrong with the requests. */
export function byFeature(
  descriptor: Descriptor,
  catalogue: Catalogue,
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
    const template = templateFor(feature, catalogue, placeOf(service), path, report);
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
  return { uses, diagnostics };
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
  const { use, sound } = readUse(application, template, request, path, service, report);
  if (service) checkHost(application, template, service, path, report);
  else if (sound) checkEnds(application, use.parameters, path, report);
  return use;
}

/** The same wherever it is asked for: its parameters, and what a function among them is to do. */
export function readUse(
  application: Application,
  template: Template,
  request: FeatureParameters,
  path: Path,
  service: Service | undefined,
  report: AddDiagnostic,
): { use: FeatureUse; sound: boolean } {
  const { parameters, budget, problems } = checkParameters(template, request);
  for (const { path: inner, ...problem } of problems) {
    const where = [...path, ...inner];
    report(where, { ...problem, message: `${where.join('.')}: ${problem.message}` });
  }
  const sound = problems.length === 0;
  const fn =
    service && template.function && sound
      ? functionFor(application, service, template.function, parameters, path, report)
      : undefined;
  const use: FeatureUse = {
    template,
    parameters,
    ...(service && { service: service.name }),
    ...(budget && { budget }),
    ...(fn && { function: fn }),
  };
  return { use, sound };
}

function placeOf(service: Service | undefined): 'service' | 'application' {
  return service ? 'service' : 'application';
}

/** Where a feature may be asked for, and how that is written. */
const scopes = {
  service: { where: 'in a service', hint: 'write it under services.NAME.x-heddle.manage' },
  application: {
    where: 'at top level, between services',
    hint: 'write it under the x-heddle.manage that stands at top level',
  },
  chain: { where: 'in a chain', hint: 'write it under `through` of a chain, with its parameters' },
} as const;

/** The template of a feature that is asked for in a service, in a chain, or between services. */
export function templateFor(
  feature: string,
  catalogue: Catalogue,
  asked: Template['scope'],
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
  // What stands in the path of a service may stand in a chain, too.
  const fits = template.scope === asked || (asked === 'chain' && template.scope === 'service');
  if (!fits) {
    const { where, hint } = scopes[template.scope];
    report(path, {
      code: 'ERR_FEATURE_IMPOSSIBLE',
      message: `${path.join('.')}: ${feature} is asked for ${where}`,
      hint,
    });
    return undefined;
  }
  return template;
}

function requestsOf(request: FeatureRequest, path: Path): [FeatureParameters, Path][] {
  if (Array.isArray(request)) return request.map((item: FeatureParameters, i) => [item, [...path, i]]);
  return [[request === true ? {} : (request as FeatureParameters), path]];
}
