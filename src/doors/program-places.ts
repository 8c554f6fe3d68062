import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { HeddleError } from '../lib/errors.ts';
import { replaceFile } from '../lib/replace-file.ts';
import { shim } from './shim.ts';

/** Where runtimes look for programs of others: containerd, CRI-O and Kubernetes; netavark of Podman. */
export const places = { cni: '/opt/cni/bin', podman: '/usr/local/libexec/netavark' } as const;
export type PlacedDoor = keyof typeof places;

/** Both call it what networks of theirs name: `"type": "heddle"`, `--driver heddle`. */
const name = 'heddle';
/** In every version of the program, and in no other. */
const mark = "Heddle's node does not answer at";

export interface Placed {
  readonly door: string;
  readonly file: string;
  /** `other`: a program that is not Heddle's. */
  readonly state: 'open' | 'of another version' | 'closed' | 'other';
}

export function lookAt(door: PlacedDoor, folder: string = places[door]): Placed {
  const file = path.join(folder, name);
  const there = bytesOf(file);
  if (!there) return { door, file, state: 'closed' };
  if (!there.includes(mark)) return { door, file, state: 'other' };
  return { door, file, state: there.equals(programOf()) ? 'open' : 'of another version' };
}

/** @throws HeddleError ERR_DOOR */
export function place(door: PlacedDoor, folder?: string): Placed {
  const { file, state } = lookAt(door, folder);
  if (state === 'other')
    throw new HeddleError('ERR_DOOR', `${file} is there already, and is not Heddle’s; it was left alone`);
  const program = programOf();
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    replaceFile(file, program, 0o755);
  } catch (cause) {
    throw new HeddleError('ERR_DOOR', `${file} could not be written: ${(cause as Error).message}`, { cause });
  }
  return lookAt(door, folder);
}

/** Takes away what is Heddle's. @throws HeddleError ERR_DOOR */
export function displace(door: PlacedDoor, folder?: string): Placed {
  const { file, state } = lookAt(door, folder);
  if (state === 'other') throw new HeddleError('ERR_DOOR', `${file} is not Heddle’s; it was left alone`);
  rmSync(file, { force: true });
  return lookAt(door, folder);
}

function programOf(): Buffer {
  const bytes = bytesOf(shim);
  if (bytes) return bytes;
  throw new HeddleError('ERR_DOOR', `${shim} is not there`, {
    hint: 'a checkout has it after `npm run build`; a package has it always',
  });
}

function bytesOf(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
