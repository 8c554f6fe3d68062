import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { lookAt, type Placed, type PlacedDoor } from '../../doors/program-places.ts';
import { settingsFile } from '../../lib/paths.ts';
import { readSettings } from '../settings/read.ts';
import { askProgram, askSocket, silenceOf } from './ask-door.ts';

/** A door onto networks, as it is on this host. */
export interface FoundDoor {
  readonly door: PlacedDoor | 'docker';
  readonly file: string;
  readonly state: Placed['state'];
  /** Files of configuration that name it. */
  readonly namedBy: readonly string[];
  /** Why whoever asks there is not answered; absent: who asks is, or there is nobody to ask. */
  readonly silent?: string;
}

/** Where runtimes look besides: as Debian and others package them. */
const others: Readonly<Record<PlacedDoor, readonly string[]>> = {
  cni: ['/usr/lib/cni', '/usr/libexec/cni'],
  podman: ['/usr/libexec/netavark', '/usr/local/lib/netavark', '/usr/lib/netavark'],
};

export const configurations = '/etc/cni/net.d';
const dockerSocket = '/run/docker/plugins/heddle.sock';
/** What says instead of a socket where a plugin is (Docker, Plugin discovery). */
const dockerFiles = ['/etc/docker/plugins', '/usr/lib/docker/plugins'].flatMap((folder) => [
  `${folder}/heddle.spec`,
  `${folder}/heddle.json`,
]);

/** Looks at every door, and asks at those that are open, as a runtime would. Changes nothing. */
export function findDoors(): Promise<FoundDoor[]> {
  return Promise.all([
    programDoor('cni', cniNaming(configurations), (file) => askProgram(file, [], { CNI_COMMAND: 'VERSION' })),
    programDoor('podman', [], (file) => askProgram(file, ['info'], {})),
    dockerDoor(),
  ]);
}

async function programDoor(
  door: PlacedDoor,
  namedBy: readonly string[],
  ask: (file: string) => Promise<string>,
): Promise<FoundDoor> {
  const { file, state } = placed(door);
  if (state === 'closed' || state === 'other') return { door, file, state, namedBy };
  return asked({ door, file, state, namedBy }, await ask(file));
}

/** Heddle's, wherever it is; else what is in its place. */
function placed(door: PlacedDoor): Placed {
  const usual = lookAt(door);
  const all = [usual, ...others[door].map((folder) => lookAt(door, folder))];
  const isOwn = ({ state }: Placed) => state !== 'closed' && state !== 'other';
  return all.find(isOwn) ?? all.find(({ state }) => state === 'other') ?? usual;
}

/** Configurations of networks, or lists of plugins, that start Heddle's. */
export function cniNaming(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /\.(conf|conflist|json)$/.test(name))
    .sort()
    .map((name) => path.join(folder, name))
    .filter((file) => {
      const said = jsonIn(file) as { type?: unknown; plugins?: { type?: unknown }[] } | undefined;
      const plugins = Array.isArray(said?.plugins) ? said.plugins : [];
      return [said, ...plugins].some((one) => one?.type === 'heddle');
    });
}

async function dockerDoor(): Promise<FoundDoor> {
  const said = readSettings().doors.docker;
  const files = dockerFiles.filter((file) => existsSync(file));
  const named = files.flatMap((name) => addressIn(name) ?? []);
  const [file = dockerSocket] = [said, ...named].filter((one) => one !== undefined);
  const namedBy = [...files, ...(said === undefined ? [] : [settingsFile])];
  const found: FoundDoor = { door: 'docker', file, state: existsSync(file) ? 'open' : 'closed', namedBy };
  return found.state === 'closed' ? found : asked(found, await askSocket(file, 'Plugin.Activate'));
}

/** Of a socket that a file says: `unix://PATH`, or JSON with that as its `Addr`. */
export function addressIn(file: string): string | undefined {
  const json = jsonIn(file) as { readonly Addr?: unknown } | undefined;
  const address = json ? String(json.Addr ?? '') : readFileSync(file, 'utf8').trim();
  return /^unix:\/\/(\/.+)$/.exec(address)?.[1];
}

function asked(found: FoundDoor, answer: string): FoundDoor {
  const silent = silenceOf(answer);
  return { ...found, ...(silent !== undefined && { silent }) };
}

function jsonIn(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
