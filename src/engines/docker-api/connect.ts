import type { EngineKind } from '../engine.ts';
import { negotiated } from './api-version.ts';
import { targetOf } from './endpoint.ts';
import { DockerApiEngine } from './engine.ts';
import { asking } from './errors.ts';
import { docker, podman } from './flavours.ts';

/**
 * Connects to whatever speaks the Docker API at an address: `unix:///run/docker.sock`, `tcp://host:2375`.
 * @throws HeddleError ERR_ENGINE_GONE when nothing answers there, ERR_ENGINE when no API version suits both
 */
export async function connect(endpoint: string): Promise<DockerApiEngine> {
  const { default: Client } = await import('dockerode');
  const target = targetOf(endpoint);
  // For paths that carry a version of their own, as those of Podman's API do.
  const unversioned = new Client(target);
  const version = await asking(`no engine answers at ${endpoint}`, () => unversioned.version());
  const kind = kindOf(version.Components ?? []);
  const api = new Client({ ...target, version: `v${negotiated(version)}` });
  return new DockerApiEngine(
    { api, unversioned },
    kind === 'podman' ? podman : docker,
    version.Version,
    endpoint,
  );
}

function kindOf(components: readonly { Name: string }[]): EngineKind {
  return components.some((component) => component.Name.startsWith('Podman')) ? 'podman' : 'docker';
}
