import type { HeddleError } from '../../../lib/errors.ts';
import type { Variables } from '../endpoint.ts';
import { type ConfigEntry, type DockerConfig, readDockerConfig } from './config-file.ts';
import { askHelper } from './helper.ts';
import { isKeyOf, serverOf } from './server.ts';

/** `X-Registry-Auth` of the Docker API. */
export interface RegistryAuth {
  readonly serveraddress: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly registrytoken?: string;
}

/** What the user of this process has logged in with at registries, by Docker's own client or as it would find it. */
export class RegistryCredentials {
  readonly #env: Variables;

  constructor(env: Variables) {
    this.#env = env;
  }

  /**
   * For the registry of an image; nothing when there are none.
   * @throws HeddleError ERR_REGISTRY_CREDENTIALS, ERR_FILE_TOO_LARGE
   */
  async of(reference: string): Promise<RegistryAuth | undefined> {
    const config = await readDockerConfig(this.#env);
    return config && authFor(config, serverOf(reference));
  }

  /**
   * For all registries that the file names, by server: a build may need those of any. Helpers that fail are left out, as
   * Docker does, since the build may not need theirs.
   * @throws HeddleError ERR_REGISTRY_CREDENTIALS, ERR_FILE_TOO_LARGE
   */
  async all(failed: (error: HeddleError) => void): Promise<Record<string, RegistryAuth>> {
    const config = await readDockerConfig(this.#env);
    const found: Record<string, RegistryAuth> = {};
    if (!config) return found;
    for (const server of new Set([...config.auths.keys(), ...config.helpers.keys()])) {
      const auth = await authFor(config, server).catch((cause: HeddleError) => {
        if (!helperOf(config, server)) throw cause;
        failed(cause);
      });
      if (auth) found[server] = auth;
    }
    return found;
  }
}

async function authFor(config: DockerConfig, server: string): Promise<RegistryAuth | undefined> {
  const helper = helperOf(config, server);
  if (!helper) return authInFile(config, server);
  const kept = await askHelper(helper, server);
  if (!kept) return undefined;
  const { username, secret } = kept;
  // How a helper says that the secret is a token, which has no user.
  if (username === '<token>') return { serveraddress: server, identitytoken: secret };
  return { serveraddress: server, username, password: secret };
}

/** An empty one in `credHelpers` says that a registry is in the file in spite of the store. */
function helperOf({ helpers, store }: DockerConfig, server: string): string | undefined {
  return helpers.get(server) ?? store;
}

function authInFile(config: DockerConfig, server: string): RegistryAuth | undefined {
  const keys = [...config.auths.keys()];
  const key = keys.includes(server) ? server : keys.find((one) => isKeyOf(server, one));
  const entry = key === undefined ? undefined : config.auths.get(key);
  if (key === undefined || !entry) return undefined;
  const { identitytoken, registrytoken } = entry;
  const { username, password } = userOf(config, key, entry);
  if (!username && !identitytoken && !registrytoken) return undefined;
  return {
    serveraddress: server,
    ...(username && { username }),
    ...(password && { password }),
    ...(identitytoken && { identitytoken }),
    ...(registrytoken && { registrytoken }),
  };
}

function userOf(config: DockerConfig, key: string, { auth, username, password }: ConfigEntry) {
  if (!auth) return { username, password };
  const [, user, rest] = /^([^:]+):(.*)$/s.exec(Buffer.from(auth, 'base64').toString('utf8')) ?? [];
  if (user === undefined) throw config.fail(['auths', key, 'auth'], 'is not user:password in base64');
  // Old clients filled it up.
  return { username: user, password: rest?.replace(/\0+$/, '') };
}
