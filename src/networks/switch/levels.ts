import { HeddleError } from '../../lib/errors.ts';
import type { Archetype } from '../standard/archetype.ts';

/** A network as one of the services has it that it is made by. */
export interface Level {
  readonly archetype: string;
  readonly name: string;
}

/**
 * By whom a network is made, from its own archetype down to the one that makes the links of its endpoints: `sdn lab`,
 * `ip sdn.lab`, `linux ip.sdn.lab`. Pure.
 * @throws HeddleError ERR_ARCHETYPE_UNKNOWN
 */
export function levelsOf(archetypes: ReadonlyMap<string, Archetype>, { archetype, name }: Level): Level[] {
  const found = archetypes.get(archetype);
  if (!found) {
    const there = [...archetypes.keys()].join(', ');
    throw new HeddleError(
      'ERR_ARCHETYPE_UNKNOWN',
      `network ${name}: archetype ${JSON.stringify(archetype)}: there are ${there}`,
    );
  }
  const { access } = found;
  const below = access && levelsOf(archetypes, { archetype: access.archetype, name: access.name(name) });
  return [{ archetype, name }, ...(below ?? [])];
}

/** How many of the lowest levels are of the same archetypes: these go on under other names. */
export function sharedLevels(before: readonly Level[], after: readonly Level[]): number {
  let shared = 0;
  while (shared < before.length && shared < after.length) {
    if (before.at(-shared - 1)?.archetype !== after.at(-shared - 1)?.archetype) break;
    shared++;
  }
  return shared;
}
