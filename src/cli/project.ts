import type { DownRequest } from '../api/messages.ts';
import { loadCatalogue } from '../catalogue/load.ts';
import {
  type Descriptor,
  loadDescriptor,
  loadOutline,
  loadUnfilled,
  type UnfilledProject,
} from '../descriptor/index.ts';
import { select } from '../selector/select.ts';
import type { DeploymentSpec } from '../selector/spec.ts';
import { catalogueFolders } from './catalogue-folders.ts';
import type { ProjectOptions } from './command.ts';
import { loadOptions } from './load-options.ts';
import { tell } from './warnings.ts';

/**
 * Reads the Compose files that the options name; warnings go to standard error. `services`: only these, and those that they
 * depend on; none: all.
 */
export function readDescriptor(options: ProjectOptions, services: readonly string[] = []): Descriptor {
  const descriptor = loadDescriptor({ ...loadOptions(options), services });
  tell(descriptor.warnings);
  return descriptor;
}

/** The project that the options name, with its variables where they stand. */
export function readUnfilled(options: ProjectOptions): UnfilledProject {
  return loadUnfilled(loadOptions(options));
}

/** The deployment specification of the application that the options name. */
export function readSpec(
  options: ProjectOptions,
  scale: Readonly<Record<string, number>> = {},
): DeploymentSpec {
  return select(readDescriptor(options), loadCatalogue(catalogueFolders(options)), {
    ...(options.allowPrivilegedTemplate && { allowPrivileged: options.allowPrivilegedTemplate }),
    scale,
  });
}

/** What `down` is about: a project, and what the file describes of it; all of it, where a name stands for no file. */
export function describedProject(options: ProjectOptions): {
  readonly name: string;
  readonly file?: NonNullable<DownRequest['file']>;
} {
  const given = options.projectName ?? process.env['COMPOSE_PROJECT_NAME'];
  if (given !== undefined && given !== '' && !options.file) return { name: given };
  const { name, ...file } = loadOutline(loadOptions(options));
  return { name, file };
}
