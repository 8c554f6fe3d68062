import type Docker from 'dockerode';
import type { EngineKind } from '../engine.ts';
import { DockerApiEngine } from './engine.ts';
import { engineError } from './errors.ts';
import { docker, podman } from './flavours.ts';

/** The newest API version that Heddle was written for; an older engine is spoken to in its own. */
const newest = '1.47';

/**
 * Connects to whatever speaks the Docker API at an address: `unix:///run/docker.sock`, `tcp://host:2375`.
 * @throws HeddleError ERR_ENGINE_GONE when nothing answers there
 */
export async function connect(endpoint: string): Promise<DockerApiEngine> {
  const { default: Client } = await import('dockerode');
  const target = clientOptions(endpoint);
  // For paths that carry a version of their own, as those of Podman's API do.
  const unversioned = new Client(target);
  let version: Awaited<ReturnType<Docker['version']>>;
  try {
    version = await unversioned.version();
  } catch (cause) {
    throw engineError(cause, `no engine answers at ${endpoint}`);
  }
  const kind = kindOf(version.Components ?? []);
  const api = new Client({ ...target, version: `v${older(version.ApiVersion, newest)}` });
  return new DockerApiEngine(
    { api, unversioned },
    kind === 'podman' ? podman : docker,
    version.Version,
    endpoint,
  );
}

function clientOptions(endpoint: string): Docker.DockerOptions {
  const url = new URL(endpoint);
  if (url.protocol === 'unix:') return { socketPath: url.pathname };
  return {
    host: url.hostname,
    port: url.port || '2375',
    protocol: url.protocol === 'https:' ? 'https' : 'http',
  };
}

function kindOf(components: readonly { Name: string }[]): EngineKind {
  return components.some((component) => component.Name.startsWith('Podman')) ? 'podman' : 'docker';
}

function older(a: string, b: string): string {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA < majorB || (majorA === majorB && minorA < minorB) ? a : b;
}
