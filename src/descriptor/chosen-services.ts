import { didYouMean } from '../lib/did-you-mean.ts';
import { serviceDefaults } from './defaults.ts';
import type { Findings } from './findings.ts';
import { activeServices } from './profiles.ts';
import { child, entriesOf, type TreeNode } from './tree.ts';

/**
 * The names of the services that are meant: all that run with these profiles, or those asked for, whatever their profiles,
 * with what they depend on.
 */
export function chosenServices(
  services: TreeNode | undefined,
  profiles: readonly string[],
  asked: readonly string[],
  findings: Findings,
): ReadonlySet<string> {
  const active = activeServices(services, profiles);
  if (asked.length === 0) return active;
  const known = new Map(entriesOf(services));
  const chosen = new Set<string>();
  const waiting = [...asked];
  for (const name of asked) {
    if (known.has(name)) active.add(name);
    else
      findings.error(
        'ERR_SERVICE_UNKNOWN',
        `there is no service "${name}"`,
        services?.at,
        didYouMean(name, known.keys()),
      );
  }
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const service = known.get(name)?.value;
    // What it depends on and is not active is found fault with where that is read.
    if (chosen.has(name) || service?.kind !== 'map' || !active.has(name)) continue;
    chosen.add(name);
    waiting.push(...entriesOf(child(serviceDefaults(service), 'depends_on')).map(([other]) => other));
  }
  return chosen;
}
