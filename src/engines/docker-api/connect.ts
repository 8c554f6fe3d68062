import type Dockerode from 'dockerode';
import type { EngineCapability } from '../../catalogue/needs.ts';
import { HeddleError } from '../../lib/errors.ts';
import { endRequests } from './answers.ts';
import { negotiated } from './api-version.ts';
import { addressOf, certificates, type Variables } from './endpoint.ts';
import { DockerApiEngine } from './engine.ts';
import { docker, podman } from './flavours.ts';
import { isHere } from './location.ts';
import { RegistryCredentials } from './registry/credentials.ts';
import { type Said, saidBy, saidByPodman } from './said.ts';

/**
 * Connects to whatever speaks the Docker API at an address: `unix:///run/docker.sock`, `tcp://localhost:2375`.
 * @throws HeddleError ERR_USAGE for another address, ERR_FILE_NOT_FOUND for a certificate that TLS needs there,
 * ERR_ENGINE_GONE when nothing answers there, ERR_ENGINE when no API version suits both
 */
export async function connect(endpoint: string, env: Variables = process.env): Promise<DockerApiEngine> {
  return engineAt(endpoint, env);
}

/** The same to a service of Podman's that was started on this host. */
export async function connectToOwn(socketPath: string): Promise<DockerApiEngine> {
  return engineAt(`unix://${socketPath}`, process.env, await saidByPodman(socketPath));
}

async function engineAt(endpoint: string, env: Variables, own?: Said): Promise<DockerApiEngine> {
  const { default: Client } = await import('dockerode');
  const address = addressOf(endpoint, env);
  const isSocket = 'socketPath' in address;
  const target = isSocket || address.protocol === 'http' ? address : { ...address, ...certificates(env) };
  // For paths that carry a version of their own, as those of Podman's API do.
  const unversioned = new Client(target);
  const said = own ?? (await saidBy(unversioned, endpoint));
  const here = own !== undefined || (await isHere(unversioned, endpoint, said.kernel));
  const api = new Client({ ...target, version: `v${negotiated(said.api)}` });
  for (const client of [api, unversioned]) {
    endRequests(client.modem);
    refusePaths(client);
  }
  return new DockerApiEngine({ api, unversioned }, said.kind === 'podman' ? podman : docker, said.version, {
    endpoint,
    address,
    credentials: new RegistryCredentials(env),
    offers: new Set<EngineCapability>(here ? ['host', 'console', 'networks'] : ['console', 'networks']),
  });
}

/**
 * Names stand in the paths that the engine is asked for. Each is checked where it enters; one that slipped through does
 * not lead to another path.
 */
function refusePaths({ modem }: Dockerode): void {
  const dial = modem.dial.bind(modem);
  modem.dial = (options, callback) => {
    const [path = ''] = options.path.split('?');
    if (!leadsAway.test(path)) return dial(options, callback);
    return callback?.(
      new HeddleError('ERR_USAGE', `${JSON.stringify(path)} is no path of the engine's`),
      null,
    );
  };
}

/** An empty part of a path, or one of dots alone, written out or percent-encoded (RFC 3986, 5.2.4). */
const leadsAway = /\/(\.|%2e){0,2}(\/|$)|[\0-\x20#]/i;
