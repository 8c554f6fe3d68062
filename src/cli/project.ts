import type { DownRequest } from '../api/messages.ts';
import {
  type Descriptor,
  loadDescriptor,
  loadOutline,
  loadUnfilled,
  type UnfilledProject,
} from '../descriptor/index.ts';
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
