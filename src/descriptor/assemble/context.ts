import type { Location } from '../../lib/errors.ts';
import type { Lookup } from '../env/interpolate.ts';
import type { Project } from '../project.ts';
import type { ComposeFile } from '../schema/compose-file.ts';
import type { ComposeService } from '../schema/service.ts';
import type { Workshop } from '../source.ts';
import { formatPath, locateKey, locateValue, type MapNode, type Path } from '../tree.ts';

/** What assembling an application needs besides the checked file. */
export interface AssemblyInput {
  readonly project: Project;
  readonly name: string;
  readonly tree: MapNode;
  readonly active: ReadonlySet<string>;
  readonly lookup: Lookup;
  readonly shop: Workshop;
}

export interface Assembly extends AssemblyInput {
  readonly file: ComposeFile;
}

/** One service on its way into the application. */
export interface ServiceJob {
  readonly name: string;
  readonly compose: ComposeService;
  readonly assembly: Assembly;
}

/** The place of a key of the service. */
export function keyAt(job: ServiceJob, path: Path): Location {
  return locateKey(job.assembly.tree, ['services', job.name, ...path]);
}

export function valueAt(job: ServiceJob, path: Path): Location {
  return locateValue(job.assembly.tree, ['services', job.name, ...path]);
}

export function label(job: ServiceJob, path: Path): string {
  return formatPath(['services', job.name, ...path]);
}

/** Whether the service has the key in the file; it may be gone from the checked data because it was wrong. */
export function isWritten(job: ServiceJob, key: string): boolean {
  const services = job.assembly.tree.entries.get('services')?.value;
  const service = services?.kind === 'map' ? services.entries.get(job.name)?.value : undefined;
  return service?.kind === 'map' && service.entries.has(key);
}
