import type { Archetype } from '../standard/archetype.ts';
import type { NetworkingService } from '../standard/networking-service.ts';
import type { Answering } from './questions.ts';

type Service = NetworkingService & Partial<Pick<Answering, 'held'>>;

/** Who on this node knows what passes on networks of an archetype, and what they are not to choose of this host. */
export function answeringIn(
  archetypes: readonly Archetype[],
  local: ReadonlyMap<string, Service>,
  archetype: string,
): Answering | undefined {
  const service = local.get(archetype);
  const holder = holderIn(archetypes, local, archetype);
  return service && { traffic: service.traffic, ...(holder && { held: (options) => holder(options) }) };
}

/** What is of the host, the one has that makes it: an archetype’s own service, or one of those below it. */
function holderIn(
  archetypes: readonly Archetype[],
  local: ReadonlyMap<string, Service>,
  archetype: string | undefined,
): Answering['held'] {
  const found = archetypes.find(({ name }) => name === archetype);
  if (!found) return undefined;
  if (found.holdsPorts) return local.get(found.name)?.held?.bind(local.get(found.name));
  return holderIn(archetypes, local, found.access?.archetype);
}
