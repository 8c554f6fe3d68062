import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ObservedContainer } from '../engines/observed.ts';
import { HeddleError } from '../lib/errors.ts';
import { composeLabel } from '../lib/labels.ts';

/** Where a project is described. */
export interface ProjectFiles {
  readonly dir: string;
  readonly files: readonly string[];
}

/**
 * Refuses what two folders call the same: neither asked for what the other has. Whoever names the project means it; and
 * files that are no longer there have moved.
 * @throws HeddleError ERR_PROJECT_CLASH with both places
 */
export function refuseClash(
  project: string,
  here: ProjectFiles & { readonly named: boolean },
  before: ProjectFiles | undefined,
  containers: readonly ObservedContainer[],
  exists: (file: string) => boolean = existsSync,
): void {
  if (here.named) return;
  const made = containers.flatMap(({ labels }) => placeIn(labels));
  const other = [...made, ...(before ? [before] : [])].find(
    ({ dir, files }) => dir !== here.dir && files.some((file) => exists(file)),
  );
  if (!other) return;
  throw new HeddleError(
    'ERR_PROJECT_CLASH',
    `the project ${project} is what ${written(other)} describes, and this is ${written(here)}`,
    {
      hint: `give this one a name of its own (-p, or \`name:\` in the file); to deploy it in place of the other one, say so with -p ${project}`,
    },
  );
}

function placeIn(labels: ObservedContainer['labels']): ProjectFiles[] {
  const [dir, files] = [labels[composeLabel.workingDir], labels[composeLabel.configFiles]];
  return dir === undefined || files === undefined ? [] : [{ dir, files: files.split(',') }];
}

function written({ dir, files }: ProjectFiles): string {
  const [file] = files;
  return file === undefined ? dir : path.resolve(dir, file);
}
