import { loadCatalogue } from '../catalogue/load.ts';
import { select } from '../selector/select.ts';
import type { DeploymentSpec } from '../selector/spec.ts';
import { catalogueFolders } from './catalogue-folders.ts';
import type { ProjectOptions } from './command.ts';
import { readDescriptor } from './project.ts';

/** The deployment specification of the application that the options name, made here: where there is no engine, too. */
export function readSpec(
  options: ProjectOptions,
  scale: Readonly<Record<string, number>> = {},
): DeploymentSpec {
  return select(readDescriptor(options), loadCatalogue(catalogueFolders(options)), {
    ...(options.allowPrivilegedTemplate && { allowPrivileged: options.allowPrivilegedTemplate }),
    scale,
  });
}
