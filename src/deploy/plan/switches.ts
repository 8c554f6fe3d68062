import type { ObservedContainer, ObservedResource } from '../../engines/observed.ts';
import { label } from '../../lib/labels.ts';
import { archetypes } from '../../networks/archetypes.ts';
import type { NetworkSpec } from '../../selector/spec.ts';
import { isMadeFrom } from '../definition.ts';
import type { Observed } from '../observed.ts';
import type { Planning } from './planning.ts';

// Networks that become another archetype's while what is on them goes on.

/** Whether a network is switched, or left as it is for a reason that is said, rather than made anew. */
export function planSwitch(planning: Planning, network: NetworkSpec, existing: ObservedResource): boolean {
  const { observed, builder } = planning;
  const { name, owner } = network;
  if (isSwitched(planning, network, existing)) {
    builder.add('switchNetwork', name, { network }, `it has become one of ${owner}: its labels follow`);
    return true;
  }
  const becoming = observed.switches?.[name];
  if (!becoming || 'refused' in becoming) return false;
  const why = `archetype ${ownerIn(existing)} → ${owner}`;
  const { lost } = becoming;
  const others = othersOn(planning, name);
  if (lost.length > 0 && others.length > 0) {
    builder.warn(
      `the network ${name} differs from its file (${why}) and is left as it is: ${others.join(', ')} would lose by it (${lost.join('; ')})`,
    );
    return true;
  }
  const kept = 'containers, addresses and connections stay';
  const effect = lost.length > 0 ? `containers stay; lost by it: ${lost.join('; ')}` : kept;
  builder.add('switchNetwork', name, { network }, `${why}: ${effect}`);
  return true;
}

/** Why a network cannot be switched that would have to be. */
export function refusalOf({ switches }: Observed, network: string): string | undefined {
  const becoming = switches?.[network];
  return becoming && 'refused' in becoming ? becoming.refused : undefined;
}

export function ownerIn({ owner = 'engine' }: ObservedResource): string {
  return owner;
}

export function containersOn({ containers }: Observed, network: string): ObservedContainer[] {
  return containers.filter(({ networks }) => networks.some((address) => address.network === network));
}

/** Who is on a network that `up` is not about: services, and other nodes. */
export function othersOn({ observed, options }: Planning, network: string): string[] {
  const services = new Set(
    containersOn(observed, network).flatMap(({ labels }) => labels[label.service] ?? []),
  );
  const nodes = observed.networks.find(({ name }) => name === network)?.elsewhere ?? [];
  return [
    ...[...services].filter((service) => options.only && !options.only.has(service)),
    ...nodes.map((node) => `what node ${node} has on it`),
  ];
}

/** By `heddle net switch`, or by an `up` that was cut off: all that is old is what its labels say that it was made from. */
function isSwitched({ options }: Planning, network: NetworkSpec, existing: ObservedResource): boolean {
  if (ownerIn(existing) !== network.owner || network.owner === 'engine') return false;
  return archetypes.some(({ name }) => isMadeFrom(existing.hash, { ...network, owner: name }, options.hash));
}
