import type { ObservedResource } from '../../engines/observed.ts';
import { canonicalJson } from '../../lib/hash.ts';
import type { NetworkSpec, VolumeSpec } from '../../selector/spec.ts';

/** What a volume differs in from its file, by how the engine says that it was made. Options may hold passwords: their names only. */
export function volumeDifferences(volume: VolumeSpec, made: ObservedResource['made']): string[] {
  if (!made) return [];
  const driver = volume.driver ?? 'local';
  return [
    ...(driver === made.driver ? [] : [`driver ${made.driver} → ${driver}`]),
    ...keys('driver option', made.options, volume.driverOptions),
    ...keys('label', named(made.labels), named(volume.labels)),
  ];
}

/** What two definitions of a network differ in. */
export function networkDifferences(before: NetworkSpec, after: NetworkSpec): string[] {
  const plain = (['owner', 'driver', 'internal', 'ipv6', 'vlan', 'program'] as const).flatMap((key) =>
    before[key] === after[key] ? [] : [`${key} ${before[key] ?? 'unset'} → ${after[key] ?? 'unset'}`],
  );
  const ipam = (network: NetworkSpec) =>
    network.ipam.map(({ subnet, ipRange, gateway }) => subnet ?? ipRange ?? gateway ?? '').join(', ') ||
    'the engine’s choice';
  return [
    ...plain,
    ...(canonicalJson(before.ipam) === canonicalJson(after.ipam)
      ? []
      : [`addresses ${ipam(before)} → ${ipam(after)}`]),
    ...keys('driver option', before.driverOptions, after.driverOptions),
    ...keys('option', written(before.options), written(after.options)),
    ...keys('label', before.labels, after.labels),
  ];
}

/** Whether what they differ in can be changed while the network is used. */
export function isChangedInPlace(before: NetworkSpec, after: NetworkSpec): boolean {
  const rest = ({ program: _, ...network }: NetworkSpec) => canonicalJson(network);
  return after.owner !== 'engine' && rest(before) === rest(after);
}

/** What an owner wrote: the labels that tools add themselves tell of no change. */
function named(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).filter(([name]) => !/^(io\.heddle|com\.docker|io\.podman)\./.test(name)),
  );
}

function written(options: NetworkSpec['options'] = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [name, canonicalJson(value)]));
}

function keys(
  what: string,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.filter((name) => before[name] !== after[name]).map((name) => `${what} ${name} changed`);
}
