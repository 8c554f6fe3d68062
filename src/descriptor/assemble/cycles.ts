import type { Service } from '../application.ts';
import { locateKey } from '../tree.ts';
import type { Assembly } from './context.ts';

/** Reports each ring of dependencies once, naming its services in order. */
export function checkCycles(services: Readonly<Record<string, Service>>, assembly: Assembly): void {
  for (const ring of findRings(services)) {
    const [first = '', second = first] = ring;
    assembly.shop.findings.error(
      'ERR_DEPENDENCY_CYCLE',
      `services depend on each other: ${[...ring, first].join(' → ')}`,
      locateKey(assembly.tree, ['services', first, 'depends_on', second]),
    );
  }
}

/** Depth-first, without recursion: a chain of dependencies may be as long as the file. */
function findRings(services: Readonly<Record<string, Service>>): string[][] {
  const rings: string[][] = [];
  const finished = new Set<string>();
  const neighbours = (name: string): string[] =>
    Object.keys(services[name]?.dependsOn ?? {}).filter((other) => Object.hasOwn(services, other));
  for (const start of Object.keys(services)) {
    if (finished.has(start)) continue;
    const trail = [{ name: start, rest: neighbours(start) }];
    const onTrail = new Map([[start, 0]]);
    for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
      const next = top.rest.shift();
      if (next === undefined) {
        finished.add(top.name);
        onTrail.delete(top.name);
        trail.pop();
        continue;
      }
      const from = onTrail.get(next);
      if (from !== undefined) rings.push(trail.slice(from).map((step) => step.name));
      else if (!finished.has(next)) {
        onTrail.set(next, trail.length);
        trail.push({ name: next, rest: neighbours(next) });
      }
    }
  }
  return rings;
}
