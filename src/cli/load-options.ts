import { frugalReader } from '../descriptor/frugal-reader.ts';
import { nodeFileReader } from '../descriptor/node-file-reader.ts';
import type { LoadOptions } from '../descriptor/project.ts';
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
