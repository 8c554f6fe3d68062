import type { Archetype } from '../standard/archetype.ts';
import type { NetworkingService } from '../standard/networking-service.ts';
import type { Answering } from './questions.ts';

/** Who on this node knows what passes on networks of an archetype, and what they are not to choose of this host. */
export function answeringIn(
  archetypes: readonly Archetype[],
  local: ReadonlyMap<string, NetworkingService>,
  archetype: string,
): Answering | undefined {
  const service = local.get(archetype);
  const holder = holderIn(archetypes, archetype);
  return service && { traffic: service.traffic, ...(holder && { held: holder }) };
}

/** What is of the host, the archetype says that makes it: itself, or one of those below it. */
function holderIn(
  archetypes: readonly Archetype[],
  archetype: string | undefined,
): Answering['held'] | undefined {
  const found = archetypes.find(({ name }) => name === archetype);
  if (!found) return undefined;
  const { heldOnHost, endpointOptions } = found;
  if (!heldOnHost) return holderIn(archetypes, found.access?.archetype);
  return async (options) => {
    const parsed = endpointOptions.safeParse(options);
    return parsed.success ? heldOnHost(parsed.data) : new Set();
  };
}
