import { homedir } from 'node:os';
import path from 'node:path';
import { formatLocation, HeddleError } from '../../../lib/errors.ts';
import { readBoundedAsync } from '../../../lib/read-bounded.ts';
import { parseYaml, placesIn } from '../../../lib/yaml.ts';
import * as z from '../../../lib/zod.ts';
import type { Variables } from '../endpoint.ts';

const text = z.string().nullish();
const entry = z.looseObject({
  auth: text,
  username: text,
  password: text,
  identitytoken: text,
  registrytoken: text,
});
const schema = z.looseObject({
  auths: z.record(z.string(), entry).nullish(),
  credsStore: text,
  credHelpers: z.record(z.string(), z.string()).nullish(),
});

export type ConfigEntry = z.infer<typeof entry>;

/** What of the configuration of Docker's client is about registries. */
export interface DockerConfig {
  readonly file: string;
  readonly auths: ReadonlyMap<string, ConfigEntry>;
  readonly helpers: ReadonlyMap<string, string>;
  /** The helper of all registries without one of their own. */
  readonly store: string | undefined;
  /** An error at the place of a value. */
  fail(path: readonly string[], why: string): HeddleError;
}

/** One with credentials of a thousand registries is smaller. */
const limit = { bytes: 1 << 20 };

/**
 * Reads `config.json` in DOCKER_CONFIG or ~/.docker, anew each time: a login holds from then on.
 * @throws HeddleError ERR_REGISTRY_CREDENTIALS with the place, but nothing of what stands there; ERR_FILE_TOO_LARGE
 */
export async function readDockerConfig(env: Variables): Promise<DockerConfig | undefined> {
  const file = path.join(env['DOCKER_CONFIG'] || path.join(homedir(), '.docker'), 'config.json');
  const content = await readIfThere(file);
  return content?.trim() ? parseDockerConfig(content, file) : undefined;
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return (await readBoundedAsync(file, limit)).toString('utf8');
  } catch (cause) {
    if (cause instanceof HeddleError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new HeddleError('ERR_REGISTRY_CREDENTIALS', `${file}: ${message}`, { cause });
  }
}

/** Parsers quote what they do not understand, which here may be a password: only their places are told. */
function parseDockerConfig(content: string, file: string): DockerConfig {
  const placeOf = placesIn(content, file);
  const error = (at: ReturnType<typeof placeOf>, why: string) =>
    new HeddleError('ERR_REGISTRY_CREDENTIALS', `${formatLocation(at)}: ${why}`, { at });
  const fail = (keys: readonly string[], why: string) => error(placeOf(keys), `${keys.join('.')} ${why}`);
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    const at = parseYaml(content, file).problems[0]?.at ?? { file, line: 1, column: 1 };
    throw error(at, "Docker's configuration is not valid JSON");
  }
  const checked = schema.safeParse(value);
  if (!checked.success) {
    const keys = checked.error.issues[0]?.path.map(String) ?? [];
    throw keys.length > 0
      ? fail(keys, 'has a value of the wrong type')
      : error(placeOf([]), "Docker's configuration is no JSON object");
  }
  const { auths, credHelpers, credsStore } = checked.data;
  return {
    file,
    auths: new Map(Object.entries(auths ?? {})),
    helpers: new Map(Object.entries(credHelpers ?? {})),
    store: credsStore || undefined,
    fail,
  };
}
