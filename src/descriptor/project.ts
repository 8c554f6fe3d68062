import { basename, dirname, resolve } from 'node:path';
import type { Location } from '../lib/errors.ts';
import type { Lookup } from './env/interpolate.ts';
import { readEnvFile } from './env-file.ts';
import { type FileReader, STANDARD_INPUT } from './file-reader.ts';
import type { Findings } from './findings.ts';

/** What the caller asks for. */
export interface LoadOptions {
  /** `-f`, in order; without, COMPOSE_FILE, and then the usual names in `cwd` and the folders above it. */
  readonly files?: readonly string[] | undefined;
  /** `-p`. */
  readonly projectName?: string | undefined;
  /** Folder that relative paths start from; without, the folder of the first file. */
  readonly projectDirectory?: string | undefined;
  /** Only these services, whatever their profiles, and those that they depend on; none: all. */
  readonly services?: readonly string[] | undefined;
  /** `--profile`, on top of COMPOSE_PROFILES. */
  readonly profiles?: readonly string[] | undefined;
  /** `--env-file`; without, COMPOSE_ENV_FILES, and then `.env`. */
  readonly envFiles?: readonly string[] | undefined;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly read: FileReader;
}

/** Which files make the project, and the variables they see. */
export interface Project {
  readonly dir: string;
  readonly files: readonly string[];
  readonly profiles: readonly string[];
  readonly variables: ReadonlyMap<string, string>;
  /** The variables, as far as the project sees them. */
  readonly lookup: Lookup;
  /** Names of those that were looked up so far. */
  readonly asked: ReadonlySet<string>;
}

const DEFAULT_FILES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
const OVERRIDE_FILES = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
];

/** Finds the files, the folder and the variables of a project. */
export function findProject(options: LoadOptions, findings: Findings): Project {
  const { cwd, read } = options;
  const variables = new Map<string, string>();
  for (const [name, value] of Object.entries(options.env))
    if (value !== undefined) variables.set(name, value);
  const outside = new Set(variables.keys());
  const asked = new Set<string>();
  const lookup: Lookup = (name) => {
    asked.add(name);
    return variables.get(name);
  };
  // A later file wins over an earlier one, which it may use, and none over the environment.
  const addFile = (path: string, required: boolean, wins = true): void => {
    if (!required && !read.exists(path)) return;
    const known = wins ? outside : new Set(variables.keys());
    for (const { name, value } of readEnvFile(path, { required, lookup }, { cwd, read, findings })) {
      if (value !== undefined && !known.has(name)) variables.set(name, value);
    }
  };

  const askedDir =
    options.projectDirectory === undefined ? undefined : resolve(cwd, options.projectDirectory);
  const envFiles = options.envFiles ?? splitList(lookup('COMPOSE_ENV_FILES'), ',');
  for (const file of envFiles) addFile(resolve(cwd, file), true);
  if (envFiles.length === 0) addFile(resolve(askedDir ?? cwd, '.env'), false);

  const files = findFiles(options, lookup, findings);
  const [first = STANDARD_INPUT] = files;
  const dir = askedDir ?? (first === STANDARD_INPUT ? cwd : dirname(first));
  if (envFiles.length === 0 && dir !== (askedDir ?? cwd)) addFile(resolve(dir, '.env'), false, false);
  const profiles = [...(options.profiles ?? []), ...splitList(lookup('COMPOSE_PROFILES'), ',')];
  return { dir, files, profiles: [...new Set(profiles)], variables, lookup, asked };
}

function findFiles(options: LoadOptions, lookup: Lookup, findings: Findings): string[] {
  const { cwd, read } = options;
  const separator = lookup('COMPOSE_PATH_SEPARATOR') || ':';
  const named = options.files?.length ? options.files : splitList(lookup('COMPOSE_FILE'), separator);
  if (named.length > 0)
    return named.map((file) => (file === STANDARD_INPUT ? STANDARD_INPUT : resolve(cwd, file)));
  const start = options.projectDirectory === undefined ? cwd : resolve(cwd, options.projectDirectory);
  for (let dir = start; ; dir = dirname(dir)) {
    const found = DEFAULT_FILES.find((name) => read.exists(resolve(dir, name)));
    if (found !== undefined) {
      const override = OVERRIDE_FILES.find((name) => read.exists(resolve(dir, name)));
      return [found, ...(override === undefined ? [] : [override])].map((name) => resolve(dir, name));
    }
    if (dirname(dir) === dir) break;
  }
  findings.error(
    'ERR_FILE_NOT_FOUND',
    `there is no Compose file in ${start} or above it`,
    undefined,
    `name one with -f, or call it ${DEFAULT_FILES[0]}`,
  );
  return [];
}

const PROJECT_NAME = /^[a-z0-9][a-z0-9_-]*$/;

/** Checks a name that was given, or makes one of the folder's. */
export function projectName(
  given: { readonly name: string; readonly at?: Location | undefined } | undefined,
  dir: string,
  findings: Findings,
): string {
  const fromFolder = plainName(basename(dir));
  if (given === undefined) {
    if (fromFolder !== '') return fromFolder;
    // Two such folders would be one project, and take each other's containers for their own.
    const message = `the folder ${dir} has no name that a project could have`;
    findings.error(
      'ERR_USAGE',
      message,
      undefined,
      'give the project a name with -p, or with "name:" in the file',
    );
    return 'default';
  }
  if (PROJECT_NAME.test(given.name)) return given.name;
  const hint = plainName(given.name);
  findings.error(
    given.at ? 'ERR_COMPOSE_TYPE' : 'ERR_USAGE',
    `name: "${given.name}" is not a project name: small letters, digits, "-" and "_", a letter or digit first`,
    given.at,
    hint ? `write "${hint}"` : undefined,
  );
  return fromFolder || 'default';
}

function plainName(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '');
}

function splitList(value: string | undefined, separator: string): string[] {
  return (value ?? '')
    .split(separator)
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
