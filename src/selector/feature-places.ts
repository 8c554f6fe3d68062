import type { Template } from '../catalogue/template.ts';
import type { Application, FeatureParameters, Network, Service } from '../descriptor/application.ts';
import { didYouMean } from '../lib/did-you-mean.ts';
import type { Diagnostic } from '../lib/errors.ts';
import { archetypes, whyNotLed } from '../networks/archetypes.ts';
import { sharingConflict } from './file-view.ts';

// Where in an application a feature can be: at a service, or between two.

export type Path = readonly (string | number)[];
/** Says what is wrong at a place of the file. */
export type AddDiagnostic = (path: Path, diagnostic: Omit<Diagnostic, 'severity' | 'at'>) => void;

/** A feature that acts on a service's namespaces needs such as are the service's own. */
export function checkHost(
  application: Application,
  template: Template,
  service: Service,
  path: Path,
  report: AddDiagnostic,
): void {
  const conflict = sharingConflict(template, service);
  if (conflict) report(path, { code: 'ERR_FEATURE_IMPOSSIBLE', ...conflict });
  for (const key of Object.keys(service.networks)) {
    const network = application.networks[key];
    for (const { why, hint } of network ? obstaclesOn(network, template, service) : [])
      report(path, {
        code: 'ERR_FEATURE_IMPOSSIBLE',
        message: `${path.join('.')}: ${template.feature} ${why}`,
        hint,
      });
  }
  const shares = Object.values(template.agents).some(({ place }) => place === 'replica' || place === 'path');
  if (hasOwnNamespace(service) || !shares) return;
  report(path, {
    code: 'ERR_FEATURE_IMPOSSIBLE',
    message: `services.${service.name}: ${template.feature} would act on a network namespace that is not this service's own (network_mode: ${modeName(service)})`,
    hint: 'give the service networks of its own, or remove the feature',
  });
}

/** What a function needs to stand in the path of a service, whatever it does with the traffic. `what`: the chain or feature. */
export function checkLed(
  application: Application,
  service: Service,
  what: string,
  path: Path,
  report: AddDiagnostic,
): void {
  const refuse = ({ why, hint }: Obstacle) =>
    report(path, { code: 'ERR_CHAIN_IMPOSSIBLE', message: `${path.join('.')}: ${what} ${why}`, hint });
  for (const key of Object.keys(service.networks)) {
    const network = application.networks[key];
    for (const obstacle of network ? obstaclesInPath(network, service, 'chain') : []) refuse(obstacle);
  }
  if (hasOwnNamespace(service)) return;
  refuse({
    why: `would act on a network namespace that is not ${service.name}'s own (network_mode: ${modeName(service)})`,
    hint: 'give the service networks of its own, or remove the chain',
  });
}

export function hasOwnNamespace({ networkMode }: Service): boolean {
  return networkMode === 'bridge' || networkMode === 'none';
}

/** One of an archetype that is not there is reported elsewhere. */
export function hasIp({ archetype = 'engine' }: Network): boolean {
  return archetypes.find(({ name }) => name === archetype)?.carriesIp !== false;
}

interface Obstacle {
  readonly why: string;
  readonly hint: string;
}

/** What keeps a feature from acting on one of a service's networks. */
function obstaclesOn(network: Network, template: Template, { name }: Service): Obstacle[] {
  const { key, archetype = 'engine' } = network;
  const obstacles: Obstacle[] = [];
  // What looks into IP sees nothing on a network without, and whoever reads it would take that for no traffic.
  if (template.ip && !hasIp(network))
    obstacles.push({
      why: `needs IP, and ${name} is on ${key}, whose archetype ${archetype} carries none`,
      hint: 'put the service on networks with IP only, or remove the feature',
    });
  return template.function ? [...obstacles, ...obstaclesInPath(network, { name }, 'feature')] : obstacles;
}

/** What keeps any function from standing in the path of a service on one of its networks. */
function obstaclesInPath(
  { key, driver, archetype = 'engine', archetypeOptions }: Network,
  { name }: Pick<Service, 'name'>,
  what: 'feature' | 'chain',
): Obstacle[] {
  const obstacles: Obstacle[] = [];
  // On other networks the service would be reached around it, or in the name of another.
  const cannot = `cannot stand in the path of ${name} on the network ${key}, whose`;
  const notLed = whyNotLed(archetype, archetypeOptions);
  if (notLed !== undefined)
    obstacles.push({
      why: `${cannot} ${notLed}`,
      hint: `put the service on networks of ip or sdn as they are by default, or remove the ${what}`,
    });
  if (driver !== undefined && driver !== 'bridge' && driver !== 'default')
    obstacles.push({
      why: `${cannot} driver is ${driver}`,
      hint: `put the service on bridge networks only, or remove the ${what}`,
    });
  return obstacles;
}

/** A feature between services names two of them, which have to be on a common network. */
export function checkEnds(
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

export function modeName(service: Service): string {
  const mode = service.networkMode;
  if (typeof mode === 'string') return mode;
  return 'service' in mode ? `service:${mode.service}` : `container:${mode.container}`;
}
