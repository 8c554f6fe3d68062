import { isWithin } from './mountinfo.ts';
import { type MountStanding, namespaceKinds, type Standing } from './record.ts';

/**
 * Where what is observed is not what was declared, in words. Fewer rights than declared are no difference: a process may
 * give them up.
 */
export function differences(declared: Standing, observed: Standing): string[] {
  return [
    ...sharingDifference(declared, observed),
    ...namespaceKinds
      .filter((kind) => declared.namespaces[kind] !== observed.namespaces[kind])
      .map(
        (kind) =>
          `its ${kind} namespace is ${whose(observed.namespaces[kind])}; declared: ${whose(declared.namespaces[kind])}`,
      ),
    ...capabilityDifferences(declared, observed),
    ...(declared.noNewPrivileges && !observed.noNewPrivileges
      ? ['running a program can give it more rights; declared: no new privileges']
      : []),
    ...mountDifferences(declared.mounts, observed.mounts),
    ...networkDifferences(declared, observed),
    ...(declared.management === observed.management
      ? []
      : [`its management link is: ${observed.management}; declared: ${declared.management}`]),
  ];
}

function sharingDifference(declared: Standing, observed: Standing): string[] {
  if (declared.sharing === observed.sharing) return [];
  // It may see the files as long as it keeps the rights for it.
  if (declared.sharing === 'network+pid+mounts' && observed.sharing === 'network+pid') return [];
  return [`it shares ${observed.sharing}; declared: ${declared.sharing}`];
}

function whose(owner: string): string {
  if (owner === 'own') return 'its own';
  return owner === 'host' ? "the host's" : `that of ${owner}`;
}

function capabilityDifferences(declared: Standing, observed: Standing): string[] {
  if (declared.capabilities.includes('ALL')) return [];
  const more = observed.capabilities.filter((name) => !declared.capabilities.includes(name));
  return more.length === 0 ? [] : [`it has capabilities that were not declared: ${more.join(', ')}`];
}

function mountDifferences(declared: readonly MountStanding[], observed: readonly MountStanding[]): string[] {
  const found: string[] = [];
  for (const mount of declared) {
    const there = observed.findLast(({ target }) => target === mount.target);
    if (!there) found.push(`nothing is mounted at ${mount.target}; declared: ${mount.source}`);
    else if (!isSameSource(mount.source, there.source))
      found.push(`${there.source} is mounted at ${mount.target}; declared: ${mount.source}`);
    else if (mount.readOnly && !there.readOnly)
      found.push(`${mount.target} is writable; declared: read-only`);
  }
  for (const mount of observed) {
    // What lies below something declared came with it; an empty file system of its own shows nothing of the host.
    const known = declared.some(({ target }) => isWithin(mount.target, target)) || mount.source === 'tmpfs';
    if (!known) {
      const mode = mount.readOnly ? 'read-only' : 'writable';
      found.push(`${mount.source} is mounted at ${mount.target} (${mode}), which was not declared`);
    }
  }
  return found;
}

/** A volume of another driver is on a file system that the host may not have. */
function isSameSource(declared: string, observed: string): boolean {
  if (declared === observed || declared === 'volume (nameless)') return true;
  return declared.startsWith('volume ') && !observed.startsWith('/') && !observed.startsWith('volume ');
}

function networkDifferences({ networks: declared }: Standing, { networks: observed }: Standing): string[] {
  const found: string[] = [];
  for (const { network, path } of declared) {
    const there = observed.find((other) => other.network === network);
    if (!there) found.push(`it is not on the network ${network}`);
    else found.push(...pathDifferences(network, path, there.path));
  }
  const more = observed.filter(({ network }) => declared.every((other) => other.network !== network));
  return [...found, ...more.map(({ network }) => `it is on ${network}, which was not declared`)];
}

function pathDifferences(
  network: string,
  declared: readonly string[],
  observed: readonly string[],
): string[] {
  const around = declared.filter((fn) => !observed.includes(fn));
  const more = observed.filter((fn) => !declared.includes(fn));
  const differences = [
    ...around.map((fn) => `its traffic on ${network} does not pass ${fn}`),
    ...more.map((fn) => `its traffic on ${network} passes ${fn}, which was not declared`),
  ];
  if (differences.length > 0 || declared.every((fn, index) => fn === observed[index])) return differences;
  return [`its traffic on ${network} passes ${observed.join(', ')} in another order`];
}
