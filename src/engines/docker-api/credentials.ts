import { homedir } from 'node:os';
import path from 'node:path';
import type { AuthConfig } from 'dockerode';
import { HeddleError } from '../../lib/errors.ts';
import { run } from '../../lib/exec.ts';
import { readBounded } from '../../lib/read-bounded.ts';
import * as z from '../../lib/zod.ts';

/** Docker's own name for its Hub (docs.docker.com, "docker login"). */
const hub = 'https://index.docker.io/v1/';

const Entry = z.object({
  auth: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  identitytoken: z.string().optional(),
});
const Config = z.object({
  auths: z.record(z.string(), Entry).optional(),
  credsStore: z.string().optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
});
const Answer = z.object({ Username: z.string(), Secret: z.string() });

/**
 * What `docker login` has left for the registry of an image, in the file of the user that the node runs as: `config.json`
 * under DOCKER_CONFIG, or `~/.docker`. Credential helpers are asked as Docker asks them (docker-credential-helpers). Nothing
 * where nothing was left.
 * @throws HeddleError ERR_FILE_NOT_FOUND, ERR_FILE_TOO_LARGE, ERR_ENGINE for a file or a helper that cannot be used
 */
export async function credentialsFor(
  reference: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<AuthConfig | undefined> {
  const file = path.join(env['DOCKER_CONFIG'] || path.join(homedir(), '.docker'), 'config.json');
  const config = readConfig(file);
  if (!config) return undefined;
  const server = serverOf(reference);
  const helper = config.credHelpers?.[hostOf(server)] ?? config.credsStore;
  if (helper) return askHelper(helper, server, file);
  const [, entry] = Object.entries(config.auths ?? {}).find(([name]) => isFor(name, server)) ?? [];
  return entry && authConfig(entry, server, file);
}

function readConfig(file: string): z.infer<typeof Config> | undefined {
  let text: string;
  try {
    text = readBounded(file, { bytes: 1024 * 1024 }).toString();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
  try {
    return Config.parse(JSON.parse(text));
  } catch {
    // Not with its cause, which quotes what is in the file.
    throw new HeddleError('ERR_ENGINE', `${file} is no configuration of Docker's`, {
      hint: 'mend it, or log in again with `docker login`',
    });
  }
}

async function askHelper(name: string, server: string, file: string): Promise<AuthConfig | undefined> {
  if (!/^[a-z0-9][a-z0-9._-]*$/i.test(name))
    throw new HeddleError('ERR_ENGINE', `${file}: ${JSON.stringify(name)} is no name of a credential helper`);
  const program = `docker-credential-${name}`;
  let said: string;
  try {
    said = await run(program, ['get'], { input: server, code: 'ERR_ENGINE' });
  } catch (cause) {
    if (/credentials not found/.test((cause as Error).message)) return undefined;
    throw cause;
  }
  const answer = Answer.safeParse(parsed(said));
  if (!answer.success)
    throw new HeddleError('ERR_ENGINE', `${program} said nothing that is a user and a secret for ${server}`);
  const { Username: username, Secret: secret } = answer.data;
  // A helper's name for a token instead of a password.
  if (username === '<token>') return { serveraddress: server, identitytoken: secret } as AuthConfig;
  return { username, password: secret, serveraddress: server };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function authConfig(entry: z.infer<typeof Entry>, server: string, file: string): AuthConfig | undefined {
  if (entry.identitytoken) return { serveraddress: server, identitytoken: entry.identitytoken } as AuthConfig;
  if (entry.username !== undefined && entry.password !== undefined)
    return { username: entry.username, password: entry.password, serveraddress: server };
  // What a credential store has taken over is left as an empty entry.
  if (!entry.auth) return undefined;
  const plain = Buffer.from(entry.auth, 'base64').toString();
  const colon = plain.indexOf(':');
  if (colon < 1)
    throw new HeddleError('ERR_ENGINE', `${file}: what it holds for ${server} is no user and password`);
  return { username: plain.slice(0, colon), password: plain.slice(colon + 1), serveraddress: server };
}

/** The registry that a reference leads to, as Docker names it: Docker's Hub where it names none. */
function serverOf(reference: string): string {
  const [first = '', ...rest] = reference.split('/');
  const isRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  return !isRegistry || first === 'docker.io' || first === 'index.docker.io' ? hub : first;
}

/** Old files name a registry by an address with a path. */
function isFor(name: string, server: string): boolean {
  return name === server || hostOf(name) === hostOf(server);
}

function hostOf(server: string): string {
  return server.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
}
