import type { FilesWanted, ProjectSource } from '../../api/project.ts';
import { loadCatalogue } from '../../catalogue/load.ts';
import { type Descriptor, type LoadOptions, loadDescriptor } from '../../descriptor/index.ts';
import { SentFiles } from '../../descriptor/sent-files.ts';
import { type SelectOptions, select } from '../../selector/select.ts';
import type { DeploymentSpec } from '../../selector/spec.ts';

/**
 * Reads a project from what its client sent. A service that is named need not have its profile enabled, nor what it
 * depends on.
 * @throws InvalidInput with all that is wrong
 */
export function readSource(
  source: ProjectSource,
  services: readonly string[] = [],
): Descriptor | FilesWanted {
  return new SentFiles(source.found).load((read) => {
    const { cwd, env, files, projectName, projectDirectory, profiles, envFiles } = source;
    const options: LoadOptions = { cwd, env, files, projectName, projectDirectory, profiles, envFiles, read };
    const descriptor = loadDescriptor(options);
    const isAsleep = services.some((service) => descriptor.inactive.includes(service));
    return isAsleep ? loadDescriptor({ ...options, profiles: ['*'] }) : descriptor;
  });
}

/** @throws InvalidInput naming every feature that cannot be had as asked for */
export function selectSource(
  descriptor: Descriptor,
  { catalogue, allowPrivileged }: ProjectSource,
  options: Pick<SelectOptions, 'scale' | 'oneOff' | 'engine'>,
): DeploymentSpec {
  return select(descriptor, loadCatalogue(catalogue), {
    ...options,
    ...(allowPrivileged && { allowPrivileged }),
  });
}
