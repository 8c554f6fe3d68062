import type { Application, Service } from '../descriptor/application.ts';
import { didYouMean } from '../lib/did-you-mean.ts';
import { HeddleError } from '../lib/errors.ts';
import type { ImageSource } from '../selector/spec.ts';

/**
 * The services that are named, or all; with `dependencies` those that they depend on as well.
 * @throws HeddleError ERR_SERVICE_UNKNOWN
 */
export function selected(
  { name, services }: Application,
  names: readonly string[],
  dependencies: boolean,
): Service[] {
  const known = Object.keys(services);
  const unknown = names.find((service) => !known.includes(service));
  if (unknown !== undefined) {
    const hint = didYouMean(unknown, known);
    throw new HeddleError('ERR_SERVICE_UNKNOWN', `${name} has no service "${unknown}"`, { hint });
  }
  const chosen = new Set<string>();
  const choose = (service: string) => {
    const found = services[service];
    if (!found || chosen.has(service)) return;
    chosen.add(service);
    if (dependencies) for (const needed of Object.keys(found.dependsOn)) choose(needed);
  };
  for (const service of names.length > 0 ? names : known) choose(service);
  return known.filter((service) => chosen.has(service)).flatMap((service) => services[service] ?? []);
}

export interface BuildChanges {
  readonly args: Readonly<Record<string, string>>;
  readonly noCache: boolean;
  readonly pull: boolean;
}

/** Where images come from, with what was asked for on the command line for those that are built. */
export function withChanges(
  sources: Readonly<Record<string, ImageSource>>,
  { args, noCache, pull }: BuildChanges,
): Record<string, ImageSource> {
  const changed = Object.entries(sources).map(([reference, source]): [string, ImageSource] => {
    if (source.kind !== 'build') return [reference, source];
    const build = { ...source, args: { ...source.args, ...args } };
    return [reference, { ...build, noCache: noCache || source.noCache, pull: pull || source.pull }];
  });
  return Object.fromEntries(changed);
}

/** The images that `pull` is for: `optional` are those that could be built instead. */
export function toPull(
  services: readonly Service[],
  imageOf: (service: Service) => string,
): { wanted: string[]; optional: string[] } {
  const pulled = services.filter(({ image, pullPolicy }) => image !== undefined && pullPolicy !== 'never');
  const names = (built: boolean) => [
    ...new Set(pulled.filter(({ build }) => (build !== undefined) === built).map(imageOf)),
  ];
  return { wanted: names(false), optional: names(true) };
}
