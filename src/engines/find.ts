import { existsSync, readdirSync } from 'node:fs';
import { HeddleError, isHeddleError } from '../lib/errors.ts';
import { connect, connectToOwn } from './docker-api/connect.ts';
import { usualSockets } from './docker-api/endpoint.ts';
import type { Engine } from './engine.ts';
import { none } from './none.ts';
import { startPodmanService } from './podman-service.ts';

export interface FindOptions {
  /** `podman`, `docker`, `lxc`, `none`, or an address. Absent: whichever answers, Podman first. */
  readonly engine?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where a Podman API service that Heddle starts puts its socket. */
  readonly runDir: string;
  /** Where LXC's containers are kept. */
  readonly stateDir: string;
}

/** One way to find an engine: an engine, or nothing when it is not here; it throws when it is here, but broken. */
interface Strategy {
  readonly name: string;
  readonly for: 'podman' | 'docker' | 'any';
  find(options: FindOptions): Promise<Engine | undefined>;
}

const strategies: readonly Strategy[] = [
  { name: 'CONTAINER_HOST', for: 'podman', find: ({ env }) => atVariable('CONTAINER_HOST', env) },
  { name: 'DOCKER_HOST', for: 'any', find: ({ env }) => atVariable('DOCKER_HOST', env) },
  { name: "podman's socket", for: 'podman', find: () => atSocket(usualSockets.podman) },
  {
    name: "Heddle's podman service",
    for: 'podman',
    find: ({ runDir }) => atSocket(`${runDir}/podman.sock`, connectToOwn),
  },
  { name: 'podman, installed', for: 'podman', find: startPodman },
  { name: "docker's socket", for: 'docker', find: () => atSocket(usualSockets.docker) },
];

/**
 * Finds the engine to use.
 * @throws HeddleError ERR_ENGINE_ABSENT, naming all that was tried
 */
export async function findEngine(options: FindOptions): Promise<Engine> {
  // What is in this node's state it goes on with, unless it is told otherwise.
  const wanted = options.engine ?? (hasLxc(options.stateDir) ? 'lxc' : undefined);
  if (wanted?.includes('://')) return connect(wanted, options.env);
  if (wanted === 'none') return none;
  if (wanted === 'lxc') {
    const { connectLxc } = await import('./lxc/engine.ts');
    return connectLxc(`${options.stateDir}/lxc`);
  }
  if (wanted !== undefined && wanted !== 'podman' && wanted !== 'docker') {
    throw new HeddleError(
      'ERR_USAGE',
      `--engine ${wanted}: there is podman, docker, lxc, none, or an address (unix://…)`,
    );
  }
  const tried: string[] = [];
  for (const strategy of strategies) {
    if (wanted !== undefined && strategy.for !== 'any' && strategy.for !== wanted) continue;
    try {
      const engine = await strategy.find(options);
      if (engine && (wanted === undefined || engine.kind === wanted)) return engine;
      tried.push(`${strategy.name}: ${engine ? `is ${engine.kind}` : 'not here'}`);
    } catch (cause) {
      tried.push(`${strategy.name}: ${(cause as Error).message}`);
    }
  }
  throw new HeddleError('ERR_ENGINE_ABSENT', `no container engine answers (${tried.join('; ')})`);
}

/** Whether there are containers or volumes of LXC’s, which no other engine knows. */
export function hasLxc(stateDir: string): boolean {
  return ['containers', 'volumes'].some((name) => {
    const folder = `${stateDir}/lxc/${name}`;
    return existsSync(folder) && readdirSync(folder).length > 0;
  });
}

async function atVariable(name: string, env: FindOptions['env']): Promise<Engine | undefined> {
  const address = env[name];
  return address ? connect(address, env) : undefined;
}

/** A socket file whose engine has ended is as good as none. */
async function atSocket(
  path: string,
  connectTo: (path: string) => Promise<Engine> = (socket) => connect(`unix://${socket}`),
): Promise<Engine | undefined> {
  if (!existsSync(path)) return undefined;
  try {
    return await connectTo(path);
  } catch (cause) {
    if (isHeddleError(cause, 'ERR_ENGINE_GONE')) return undefined;
    throw cause;
  }
}

async function startPodman({ runDir }: FindOptions): Promise<Engine | undefined> {
  const socket = await startPodmanService(runDir);
  return socket === undefined ? undefined : connectToOwn(socket);
}
