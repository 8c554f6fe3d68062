import { child, entriesOf, type TreeNode, textOf } from './tree.ts';

/** The names of the services that run with these profiles: those without any, and those that name one. */
export function activeServices(services: TreeNode | undefined, profiles: readonly string[]): Set<string> {
  const active = new Set<string>();
  for (const [name, { value }] of entriesOf(services)) {
    const own = profilesOf(value);
    if (own.length === 0 || profiles.includes('*') || own.some((profile) => profiles.includes(profile))) {
      active.add(name);
    }
  }
  return active;
}

/** The profiles that services name, in order. */
export function namedProfiles(services: TreeNode | undefined): string[] {
  return [...new Set(entriesOf(services).flatMap(([, { value }]) => profilesOf(value)))].sort();
}

/** The profiles that a service names. */
export function profilesOf(service: TreeNode | undefined): string[] {
  const list = child(service, 'profiles');
  return list?.kind === 'seq' ? list.items.flatMap((item) => textOf(item) ?? []) : [];
}
