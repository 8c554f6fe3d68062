import type { Application, FeatureParameters, Service } from '../descriptor/application.ts';
import type { Diagnostic } from '../lib/errors.ts';
import { type FunctionKindName, type FunctionOf, kindNamed } from '../networks/path/kinds.ts';
import { neighboursOf } from './neighbours.ts';

type Path = readonly (string | number)[];

/** What a function in the path of a service's traffic is to do; what is wrong with it is reported at its place. */
export function functionFor<Kind extends FunctionKindName>(
  application: Application,
  service: Service,
  kind: Kind,
  parameters: FeatureParameters,
  path: Path,
  report: (path: Path, diagnostic: Omit<Diagnostic, 'severity' | 'at'>) => void,
): FunctionOf<Kind> {
  const { settings, problems } = kindNamed(kind).read(parameters, {
    published: service.ports.map(({ target, protocol }) => ({ port: target, protocol })),
    exposed: service.expose,
    neighbours: neighboursOf(application, service),
  });
  for (const { path: inner, message, hint } of problems) {
    const where = [...path, ...inner];
    report(where, { code: 'ERR_FEATURE_PARAMETER', message: `${where.join('.')}: ${message}`, hint });
  }
  return { kind, settings };
}
