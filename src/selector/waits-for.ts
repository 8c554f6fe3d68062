import type { Service } from '../descriptor/application.ts';

/** By service: those that it waits for, before it starts. */
export function waitsOf(services: Readonly<Record<string, Service>>): Map<string, Set<string>> {
  return new Map(
    Object.values(services).map(({ name, dependsOn, outputsOf = [] }) => [
      name,
      new Set([...Object.keys(dependsOn), ...outputsOf]),
    ]),
  );
}

/** All that a service waits for, through others as well; itself only where it waits for itself. */
export function reachable(
  start: string,
  needs: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlySet<string> {
  const all = new Set<string>();
  const waiting = [start];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    for (const next of needs.get(name) ?? []) {
      if (all.has(next)) continue;
      all.add(next);
      waiting.push(next);
    }
  }
  return all;
}
