import { existsSync } from 'node:fs';
import { isInstalled, run } from '../lib/exec.ts';
import { usualSockets } from './docker-api/endpoint.ts';
import type { DockerKind } from './engine.ts';

/** What is found of an engine on this host, without starting anything. */
export interface ProbedEngine {
  readonly kind: DockerKind;
  /** Whether its program is on the PATH. */
  readonly installed: boolean;
  /** What answers at a socket. */
  readonly answers?: { readonly endpoint: string; readonly version: string; readonly api: string };
  /** What its program says of itself (Podman, which needs no service for that). */
  readonly info?: EngineInfo;
  /** Why its program does not work. */
  readonly problem?: string;
}

export interface EngineInfo {
  readonly version: string;
  /** Where images and containers are kept. */
  readonly storage: string;
  readonly runtime: string;
  readonly network: string;
}

/** Looks for Podman and Docker, where the usual variables say and at their usual places. */
export async function probeEngines(
  runDir: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ProbedEngine[]> {
  const named = (variable: string) => (env[variable] ?? '').match(/^unix:\/\/(.+)$/)?.slice(1) ?? [];
  return Promise.all([
    probe('podman', [...named('CONTAINER_HOST'), usualSockets.podman, `${runDir}/podman.sock`]),
    probe('docker', [...named('DOCKER_HOST'), usualSockets.docker]),
  ]);
}

async function probe(kind: DockerKind, sockets: readonly string[]): Promise<ProbedEngine> {
  const installed = await isInstalled(kind);
  const versions = await Promise.all(sockets.filter((socket) => existsSync(socket)).map(versionAt));
  const answers = versions.find((version) => version !== undefined);
  const base = { kind, installed, ...(answers && { answers }) };
  if (kind !== 'podman' || !installed) return base;
  try {
    return { ...base, info: await podmanInfo() };
  } catch (cause) {
    return { ...base, problem: (cause as Error).message };
  }
}

async function podmanInfo(): Promise<EngineInfo> {
  const info = JSON.parse(await run('podman', ['info', '--format', 'json'], { timeout: 15_000 })) as {
    host: { networkBackend: string; ociRuntime: { name: string } };
    store: { graphRoot: string };
    version: { Version: string };
  };
  return {
    version: info.version.Version,
    storage: info.store.graphRoot,
    runtime: info.host.ociRuntime.name,
    network: info.host.networkBackend,
  };
}

/** What an engine says of itself at a socket; nothing when none answers. */
async function versionAt(socket: string): Promise<ProbedEngine['answers']> {
  const { default: Client } = await import('dockerode');
  try {
    const { Version, ApiVersion } = await new Client({ socketPath: socket, timeout: 3000 }).version();
    return { endpoint: `unix://${socket}`, version: Version, api: ApiVersion };
  } catch {
    return undefined;
  }
}
