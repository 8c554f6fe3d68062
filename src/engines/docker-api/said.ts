import type Dockerode from 'dockerode';
import { HeddleError } from '../../lib/errors.ts';
import { send } from '../../lib/http/send.ts';
import type { DockerKind } from '../engine.ts';
import type { EngineVersions } from './api-version.ts';
import { asking } from './errors.ts';

/** What an engine says of itself. */
export interface Said {
  readonly kind: DockerKind;
  readonly version: string;
  readonly api: EngineVersions;
  /** Release of the kernel that its containers run on. */
  readonly kernel?: string;
}

/** @throws HeddleError ERR_ENGINE_GONE when nothing answers */
export async function saidBy(api: Dockerode, endpoint: string): Promise<Said> {
  const said = await asking(`no engine answers at ${endpoint}`, () => api.version());
  const isPodman = (said.Components ?? []).some(({ Name }) => Name.startsWith('Podman'));
  return {
    kind: isPodman ? 'podman' : 'docker',
    version: said.Version,
    api: said,
    kernel: said.KernelVersion,
  };
}

/**
 * Podman's service of this host, by the head of what it answers to `GET /_ping`. For `/version` it asks the package manager what
 * each of its programs is from (dpkg-query(1), five times), which takes over a second.
 * @throws HeddleError ERR_ENGINE_GONE when nothing answers, ERR_ENGINE where it is no Podman
 */
export async function saidByPodman(socketPath: string): Promise<Said> {
  const { headers } = await asking(`no engine answers at ${socketPath}`, async () => {
    const answer = await send({ to: { socketPath, path: '/_ping' }, method: 'GET' });
    await answer.text(1000);
    return answer;
  });
  const { 'api-version': api, 'libpod-api-version': version } = headers;
  if (typeof api !== 'string' || typeof version !== 'string')
    throw new HeddleError('ERR_ENGINE', `what answers at ${socketPath} is no Podman`);
  return { kind: 'podman', version, api: { ApiVersion: api } };
}
