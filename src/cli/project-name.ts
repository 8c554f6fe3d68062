import { loadProjectName } from '../descriptor/open.ts';
import { checkedName } from '../lib/names.ts';
import type { ProjectOptions } from './command.ts';
import { loadOptions } from './load-options.ts';

/**
 * The project's name, for commands that need no more: neither a value that only containers need nor a key that is wrong stands in
 * their way. Without a file, -p alone is enough.
 */
export function projectName(options: ProjectOptions): string {
  return namedProject(options).name;
}

/** The same, and whether it is a file that says so. */
export function namedProject(options: ProjectOptions): {
  readonly name: string;
  readonly described: boolean;
} {
  const given = options.projectName ?? process.env['COMPOSE_PROJECT_NAME'];
  if (given !== undefined && given !== '' && !options.file)
    return { name: checkedName('project', given), described: false };
  return { name: loadProjectName(loadOptions(options)), described: true };
}
