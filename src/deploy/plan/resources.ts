import type { ObservedResource } from '../../engines/observed.ts';
import { HeddleError } from '../../lib/errors.ts';
import { label } from '../../lib/labels.ts';
import type { NetworkSpec } from '../../selector/spec.ts';
import { isMadeFrom } from '../definition.ts';
import type { Planning, PlanOptions } from './planning.ts';
import { removeContainers } from './removal.ts';
import { isChangedInPlace, networkDifferences, volumeDifferences } from './resource-differences.ts';
import { containersOn, othersOn, ownerIn, planSwitch, refusalOf } from './switches.ts';

/**
 * Volumes that are missing. One that differs from its file is left as it is, and named: nothing brings back what it holds.
 * @throws HeddleError ERR_EXTERNAL_MISSING
 */
export function planVolumes({ spec, observed, options, builder }: Planning): void {
  const present = new Map(observed.volumes.map((volume) => [volume.name, volume]));
  for (const volume of spec.volumes) {
    const { name } = volume;
    const existing = present.get(name);
    const isOthers = observed.others?.volumes.has(name) === true;
    if (volume.external) {
      if (observed.others && !existing && !isOthers) throw missing(`volume ${name}`, volume.key);
    } else if (isOthers) {
      builder.warn(
        `the volume ${name} was not made for ${spec.project}; it is used as it is, and \`down -v\` leaves it; write \`external: true\``,
      );
    } else if (!existing) {
      builder.add('createVolume', name, { volume }, 'it does not exist');
    } else if (options.mode === 'up') {
      const differences = volumeDifferences(volume, existing.made);
      if (differences.length > 0) {
        builder.warn(
          `the volume ${name} differs from its file (${differences.join('; ')}) and is left as it is: to be made anew it has to be removed first, and what it holds is lost then`,
        );
      }
    }
  }
}

/**
 * Networks that are missing or changed; returns the names of those whose pods have to be made anew.
 * @throws HeddleError ERR_EXTERNAL_MISSING, ERR_PROJECT_FOREIGN
 */
export function planNetworks(planning: Planning): ReadonlySet<string> {
  const { spec, observed, options, builder } = planning;
  const present = new Map(observed.networks.map((network) => [network.name, network]));
  const changed = new Set<string>();
  for (const network of spec.networks) {
    const { name } = network;
    const existing = present.get(name);
    const isOthers = observed.others?.networks.has(name) === true;
    if (network.external) {
      if (observed.others && !existing && !isOthers) throw missing(`network ${name}`, network.key);
    } else if (isOthers) {
      throw new HeddleError(
        'ERR_PROJECT_FOREIGN',
        `networks.${network.key}: there is a network ${name} that was not made for ${spec.project}`,
        { hint: 'write `external: true` to use it, or give this one another name' },
      );
    } else if (!existing) {
      builder.add('createNetwork', name, { network }, 'it does not exist');
    } else if (options.mode === 'up' && !options.keep && isChanged(options, network, existing)) {
      if (planSwitch(planning, network, existing)) continue;
      if (replace(planning, network, existing)) changed.add(name);
    }
  }
  return changed;
}

function isChanged({ hash }: PlanOptions, network: NetworkSpec, existing: ObservedResource): boolean {
  return ownerIn(existing) !== network.owner || !isMadeFrom(existing.hash, network, hash);
}

/** Changes a network, and says whether it is made anew, with all that is on it: not while services are on it that this is not about. */
function replace(
  planning: Planning,
  network: NetworkSpec,
  { hash, owner = 'engine' }: ObservedResource,
): boolean {
  const { observed, options, builder } = planning;
  const { name } = network;
  const before = networkBefore(options, network, hash);
  const change = networkChange(before, network);
  if (before && isChangedInPlace(before, network)) {
    builder.add('createNetwork', name, { network }, `it is changed as it is: ${change}`);
    return false;
  }
  const attached = containersOn(observed, name);
  const refused = refusalOf(observed, name);
  const why = `${change}${refused === undefined ? '' : `, which it cannot become as it is: ${refused}`}`;
  const others = othersOn(planning, name);
  if (others.length > 0) {
    builder.warn(
      `the network ${name} differs from its file (${why}) and is left as it is: ${others.join(', ')} would have to be made anew with it`,
    );
    return false;
  }
  const pods = new Set(attached.map((container) => container.labels[label.pod]));
  const reason = `the network ${name} is made anew: ${why}`;
  const leaving = observed.containers.filter((container) => pods.has(container.labels[label.pod]));
  const removed = removeContainers(planning, leaving, reason);
  const id = builder.add('removeNetwork', name, { name, owner }, why, removed);
  builder.add('createNetwork', name, { network }, why, [id]);
  return true;
}

/** What it was made from, if that is known. */
function networkBefore(
  { known = [], hash }: Planning['options'],
  network: NetworkSpec,
  made: string | undefined,
): NetworkSpec | undefined {
  return known
    .flatMap(({ networks }) => networks)
    .find((candidate) => candidate.name === network.name && isMadeFrom(made, candidate, hash));
}

function networkChange(before: NetworkSpec | undefined, network: NetworkSpec): string {
  const differences = before ? networkDifferences(before, network) : [];
  return differences.length > 0
    ? differences.join('; ')
    : 'its definition is not the one that it was made from';
}

function missing(what: string, key: string): HeddleError {
  return new HeddleError(
    'ERR_EXTERNAL_MISSING',
    `there is no ${what}, which the file calls external (${key})`,
  );
}
