import type { Application, Network, Service } from '../../descriptor/application.ts';
import type { Chain } from '../../descriptor/chain.ts';
import { didYouMean } from '../../lib/did-you-mean.ts';
import { type AddDiagnostic, checkLed, type Path } from '../feature-places.ts';
import { optionsOf } from '../network-options.ts';

/** Whoever is behind what comes through a network's gateway. */
export const outside = 'outside';

export type ChainEnd =
  | { readonly kind: 'service'; readonly service: Service }
  | { readonly kind: 'network'; readonly network: Network }
  | { readonly kind: 'outside' };

/** At which of its ends a chain is enforced, and who is at the other. */
export interface ChainEnds {
  readonly at: 'from' | 'to';
  /** Whose pods are led. */
  readonly service: Service;
  readonly peer: ChainEnd;
}

/** The ends of a chain; nothing where they are none, which is reported. `inactive`: services of profiles that do not run. */
export function endsOf(
  application: Application,
  inactive: readonly string[],
  chain: Chain,
  path: Path,
  report: AddDiagnostic,
): ChainEnds | undefined {
  const refuse = (message: string, hint: string) =>
    report(path, { code: 'ERR_CHAIN_IMPOSSIBLE', message: `${path.join('.')}: ${message}`, hint });
  const from = endNamed(application, inactive, chain.from, [...path, 'from'], report);
  const to = endNamed(application, inactive, chain.to, [...path, 'to'], report);
  if (!from || !to) return undefined;
  if (chain.from === chain.to) {
    refuse(
      `it leads from ${chain.from} to itself`,
      'a chain is between two ends: name another as `from` or `to`',
    );
    return undefined;
  }
  const ends: ChainEnds | undefined =
    to.kind === 'service'
      ? { at: 'to', service: to.service, peer: from }
      : from.kind === 'service'
        ? { at: 'from', service: from.service, peer: to }
        : undefined;
  if (!ends) {
    refuse(
      `a chain is enforced at the pods of a service, and neither ${chain.from} nor ${chain.to} is one`,
      'name a service as `to` or as `from`',
    );
    return undefined;
  }
  const apart = whyApart(ends.service, ends.peer, application);
  if (apart) refuse(apart.why, apart.hint);
  checkLed(application, ends.service, `the chain ${chain.name}`, path, report);
  return apart ? undefined : ends;
}

/** The same where a chain is enforced at a certain end, which is a service’s. */
export function endsAt(ends: ChainEnds, at: ChainEnds['at'] = ends.at): ChainEnds {
  const { service, peer } = ends;
  if (at === ends.at || peer.kind !== 'service') return ends;
  return { at, service: peer.service, peer: { kind: 'service', service } };
}

function endNamed(
  { services, networks }: Application,
  inactive: readonly string[],
  name: string,
  path: Path,
  report: AddDiagnostic,
): ChainEnd | undefined {
  const where = path.join('.');
  const service = Object.hasOwn(services, name) ? services[name] : undefined;
  const network = Object.hasOwn(networks, name) ? networks[name] : undefined;
  const meant: ChainEnd[] = [
    ...(service ? [{ kind: 'service', service } as const] : []),
    ...(network ? [{ kind: 'network', network } as const] : []),
    ...(name === outside ? [{ kind: 'outside' } as const] : []),
  ];
  const [end, other] = meant;
  if (!end) {
    const asleep = inactive.includes(name);
    report(path, {
      code: 'ERR_UNKNOWN_REFERENCE',
      message: `${where}: ${asleep ? `the service "${name}" is not active` : `there is no service or network "${name}"`}`,
      hint: asleep
        ? 'use --profile with one of its profiles'
        : didYouMean(name, [...Object.keys(services), ...Object.keys(networks), outside]),
    });
    return undefined;
  }
  if (other) {
    const kinds = meant.map(({ kind }) => (kind === 'outside' ? 'the outside' : `a ${kind}`)).join(' and ');
    report(path, {
      code: 'ERR_CHAIN_IMPOSSIBLE',
      message: `${where}: "${name}" is ${kinds}: which of them is meant?`,
      hint: 'rename one of the two',
    });
    return undefined;
  }
  if (end.kind !== 'service' || !end.service.function) return end;
  report(path, {
    code: 'ERR_CHAIN_IMPOSSIBLE',
    message: `${where}: ${name} is a network function, and no end of a chain`,
    hint: 'name it under `through`, and as the end the service behind it',
  });
  return undefined;
}

/** Why no traffic passes between the two; nothing where some does. */
function whyApart(
  { name, networks }: Service,
  peer: ChainEnd,
  application: Application,
): { readonly why: string; readonly hint: string } | undefined {
  const keys = Object.keys(networks);
  switch (peer.kind) {
    case 'service':
      return keys.some((key) => key in peer.service.networks)
        ? undefined
        : {
            why: `${name} and ${peer.service.name} are on no common network`,
            hint: 'put both on one network, or remove the chain',
          };
    case 'network':
      return keys.includes(peer.network.key)
        ? undefined
        : {
            why: `${name} is not on the network ${peer.network.key}`,
            hint: `put ${name} on it, or remove the chain`,
          };
    case 'outside':
      return keys.some((key) => isOpen(application.networks[key]))
        ? undefined
        : {
            why: `${name} is on no network that has a way to the outside`,
            hint: `put ${name} on one that is not internal, or remove the chain`,
          };
  }
}

function isOpen(network: Network | undefined): boolean {
  return network !== undefined && optionsOf(network)['internal'] !== true;
}
