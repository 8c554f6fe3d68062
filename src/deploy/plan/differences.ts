import type { OwnSandbox } from '../../engines/workloads.ts';
import { canonicalJson } from '../../lib/hash.ts';
import type { ContainerSpec, MountSpec, PortSpec } from '../../selector/spec.ts';

/**
 * What two definitions of a container differ in, in the words of the file. Values are shown only where they are no
 * secrets: names of images, mounts and ports. Of everything else its name is enough.
 */
export function containerDifferences(before: ContainerSpec, after: ContainerSpec): string[] {
  return [
    ...(before.image === after.image ? [] : [`image ${before.image} → ${after.image}`]),
    ...keys('environment', before.environment, after.environment),
    ...keys('label', before.labels, after.labels, (name) => !name.startsWith('com.docker.compose.')),
    ...mountDifferences(before.mounts, after.mounts),
    ...others(before, after, ['image', 'environment', 'labels', 'mounts', 'name', 'key']),
  ];
}

/** The same for what belongs to a pod's network namespace. */
export function sandboxDifferences(before: OwnSandbox, after: OwnSandbox): string[] {
  return [
    ...portDifferences(before.ports, after.ports),
    ...networkDifferences(before.networks, after.networks),
    ...others(before, after, ['ports', 'networks', 'name', 'kind', 'image']),
    ...(before.image === after.image ? [] : ['the image of its sandbox']),
  ];
}

/** `environment: TUNE changed, DEBUG added`. */
function keys(
  what: string,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
  counts: (name: string) => boolean = () => true,
): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(counts).sort();
  const texts = names.flatMap((name) => {
    if (!Object.hasOwn(before, name)) return [`${name} added`];
    if (!Object.hasOwn(after, name)) return [`${name} removed`];
    return before[name] === after[name] ? [] : [`${name} changed`];
  });
  return texts.length > 0 ? [`${what}: ${texts.join(', ')}`] : [];
}

function mountDifferences(before: readonly MountSpec[], after: readonly MountSpec[]): string[] {
  return byKey(
    before,
    after,
    ({ target }) => target,
    'mount',
    (one, other) => {
      const [from, to] = [sourceOf(one), sourceOf(other)];
      return from === to
        ? `mount ${one.target}: its options changed`
        : `mount ${one.target}: from ${from} to ${to}`;
    },
  );
}

/** Where a mount's content is from: never the content. */
function sourceOf(mount: MountSpec): string {
  switch (mount.type) {
    case 'bind':
    case 'state':
      return mount.source;
    case 'volume':
      return mount.source === undefined ? 'an anonymous volume' : `volume ${mount.source}`;
    case 'tmpfs':
      return 'tmpfs';
    case 'secret':
      return 'a generated secret';
    case 'file':
      return 'file' in mount.content ? mount.content.file : 'content of the file';
  }
}

function portDifferences(before: readonly PortSpec[], after: readonly PortSpec[]): string[] {
  const name = ({ target, protocol }: PortSpec) =>
    protocol === 'tcp' ? `${target}` : `${target}/${protocol}`;
  const host = ({ hostIp, published }: PortSpec) =>
    `${hostIp === undefined ? '' : `${hostIp}:`}${published ?? 'any'}`;
  return byKey(
    before,
    after,
    name,
    'port',
    (one, other) => `port ${name(one)}: ${host(one)} → ${host(other)}`,
  );
}

function networkDifferences(before: OwnSandbox['networks'], after: OwnSandbox['networks']): string[] {
  return byKey(
    before,
    after,
    ({ network }) => network,
    'network',
    (one, other) => {
      const parts = (['ipv4', 'ipv6', 'mac'] as const).filter((key) => one[key] !== other[key]);
      const texts = parts.map((key) => `${key} ${one[key] ?? 'any'} → ${other[key] ?? 'any'}`);
      return `network ${one.network}: ${texts.length > 0 ? texts.join(', ') : 'its aliases changed'}`;
    },
  );
}

/** Compares lists whose items bear names; several of one name are compared one by one. */
function byKey<Item>(
  before: readonly Item[],
  after: readonly Item[],
  keyOf: (item: Item) => string,
  what: string,
  changed: (one: Item, other: Item) => string,
): string[] {
  const names = [...new Set([...before, ...after].map(keyOf))];
  return names.flatMap((name) => {
    const [old, young] = [before, after].map((items) => items.filter((item) => keyOf(item) === name));
    if (!old || !young || canonicalJson(old) === canonicalJson(young)) return [];
    const [one, other] = [old[0], young[0]];
    if (!one) return [`${what} ${name} added`];
    if (!other) return [`${what} ${name} removed`];
    return old.length === 1 && young.length === 1 ? [changed(one, other)] : [`${what} ${name} changed`];
  });
}

/** Everything else, by the name that it has in a file: `stop_grace_period`. */
function others<Part extends object>(before: Part, after: Part, except: readonly (keyof Part)[]): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])] as (keyof Part & string)[];
  return names
    .filter((name) => !except.includes(name) && canonicalJson(before[name]) !== canonicalJson(after[name]))
    .map((name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
}
