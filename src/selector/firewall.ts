import type { Application, FeatureParameters, Service } from '../descriptor/application.ts';
import { didYouMean } from '../lib/did-you-mean.ts';
import type { Diagnostic } from '../lib/errors.ts';
import { parseFirewall, parsePorts } from '../networks/firewall/parse.ts';
import type { FirewallRules } from '../networks/firewall/rules.ts';

type Path = readonly (string | number)[];

/** The rules of a service's firewall, and what is wrong with them reported at its place. */
export function firewallRules(
  application: Application,
  service: Service,
  parameters: FeatureParameters,
  path: Path,
  report: (path: Path, diagnostic: Omit<Diagnostic, 'severity' | 'at'>) => void,
): FirewallRules {
  const neighbours = Object.values(application.services)
    .filter(
      (other) => other !== service && Object.keys(other.networks).some((key) => key in service.networks),
    )
    .map((other) => other.name);
  const { rules, problems } = parseFirewall(parameters, {
    published: service.ports.map(({ target, protocol }) => ({ protocol, from: target, to: target })),
    exposed: service.expose.flatMap((text) => parsePorts(text) ?? []),
    neighbours,
  });
  for (const problem of problems) {
    const where = [...path, ...problem.path];
    const written = /^"([^"]*)"/.exec(problem.message)?.[1];
    const hint = written === undefined ? undefined : didYouMean(written, ['any', ...neighbours]);
    report(where, { code: 'ERR_FEATURE_PARAMETER', message: `${where.join('.')}: ${problem.message}`, hint });
  }
  return rules;
}
