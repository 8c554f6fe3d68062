import { frugalReader } from '../descriptor/frugal-reader.ts';
import { nodeFileReader } from '../descriptor/node-file-reader.ts';
import { loadProjectName } from '../descriptor/open.ts';
import type { LoadOptions } from '../descriptor/project.ts';
import { checkedName } from '../lib/names.ts';
import { callerEnvironment } from './caller-environment.ts';
import type { ProjectOptions } from './command.ts';

/** A command may read its files in several steps: standard input and pipes are there once. */
const read = frugalReader(nodeFileReader);

/** How the files are read that the options name. */
export function loadOptions(options: ProjectOptions): LoadOptions {
  return {
    ...(options.file && { files: options.file }),
    ...(options.projectName !== undefined && { projectName: options.projectName }),
    ...(options.projectDirectory !== undefined && { projectDirectory: options.projectDirectory }),
    ...(options.profile && { profiles: options.profile }),
    ...(options.envFile && { envFiles: options.envFile }),
    cwd: process.cwd(),
    env: callerEnvironment(),
    read,
  };
}

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
