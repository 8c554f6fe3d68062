import { type Command, InvalidArgumentError, Option } from 'commander';
import type { MakeRequest } from '../api/project.ts';
import { type NodeOptions, type ProjectOptions, wholeNumber } from './command.ts';

/** Options that say how `up`, `create` and `plan` make an application, as Docker Compose names them. */
export interface MakingOptions extends ProjectOptions, NodeOptions {
  /** `--no-build` is `false`. */
  readonly build?: boolean;
  readonly pull?: 'always' | 'missing' | 'never' | 'policy' | 'build';
  readonly scale?: Record<string, number>;
  /** `--no-deps` is `false`. */
  readonly deps?: boolean;
  readonly forceRecreate?: boolean;
  /** `--no-recreate` is `false`. */
  readonly recreate?: boolean;
  readonly alwaysRecreateDeps?: boolean;
  readonly renewAnonVolumes?: boolean;
  readonly removeOrphans?: boolean;
  readonly timeout?: number;
}

export function makingOptions(command: Command): Command {
  return command
    .argument('[services...]', 'these and what they depend on; all, when none is named')
    .option('--build', 'build images again although they are present')
    .option('--no-build', 'build no images: those that are missing are an error')
    .addOption(
      new Option('--pull <policy>', 'instead of what the file says').choices([
        'always',
        'missing',
        'never',
        'policy',
        'build',
      ]),
    )
    .option('--scale <service=number>', 'replicas of a service', scaleOf)
    .option('--no-deps', 'leave out what the services depend on')
    .option('--force-recreate', 'make containers anew although nothing changed')
    .option('--no-recreate', 'leave containers as they are although something changed')
    .option('--always-recreate-deps', 'make containers anew that the services depend on')
    .option(
      '-V, --renew-anon-volumes',
      'begin with empty anonymous volumes, not those of the containers before',
    )
    .option('--remove-orphans', 'remove containers of services that are not in the file')
    .option(
      '-t, --timeout <seconds>',
      'how long containers have to end, instead of stop_grace_period',
      wholeNumber,
    )
    .option('-y, --yes', 'as Compose has it; Heddle asks nothing, and recreates no volumes')
    .option('--quiet-pull', 'as Compose has it; what pulling prints is one line that changes');
}

/** What the node is asked for. */
export function makingRequest(
  options: MakingOptions,
  services: readonly string[],
): Omit<MakeRequest, 'project'> {
  return {
    services,
    noDeps: options.deps === false,
    recreateDeps: options.alwaysRecreateDeps === true,
    renewVolumes: options.renewAnonVolumes === true,
    removeOrphans: options.removeOrphans === true,
    ...(options.build !== undefined && { build: options.build }),
    ...(options.pull && { pull: options.pull }),
    ...(options.scale && { scale: options.scale }),
    ...(options.forceRecreate && { recreate: 'force' }),
    ...(options.recreate === false && { recreate: 'never' }),
    ...(options.timeout !== undefined && { timeout: options.timeout * 1000 }),
  };
}

export function scaleOf(text: string, all: Record<string, number> = {}): Record<string, number> {
  const match = /^([^=]+)=(\d+)$/.exec(text);
  if (!match?.[1]) throw new InvalidArgumentError('write it as service=number');
  return { ...all, [match[1]]: Number(match[2]) };
}
