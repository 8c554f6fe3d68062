// A room: processes, mounts, a network and a Podman of one's own on this machine, its images shared read-only.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from './setup.mjs';

const script = path.join(root, 'scripts/lib/room.sh');
const apart = [
  '--mount',
  '--net',
  '--pid',
  '--fork',
  '--kill-child',
  '--mount-proc',
  '--propagation',
  'private',
];

/** Where the images are that rooms are to have, and how they are kept: this machine's Podman's, or in a room those that it has. */
export function imageStore() {
  const format = '{{.Store.GraphRoot}} {{.Store.GraphDriverName}}';
  const { stdout } = spawnSync('podman', ['info', '--format', format], { encoding: 'utf8' });
  const [folder, driver] = (stdout ?? '').trim().split(' ');
  return folder && driver ? { folder: process.env.HEDDLE_ROOM_IMAGES ?? folder, driver } : undefined;
}

/** Whether this machine lets rooms be made. */
export async function hasRooms(store) {
  return store !== undefined && (await inRoom(store, ['podman', 'images', '-q'], { stdio: 'ignore' })) === 0;
}

/** Runs a command in a room of its own, and returns its exit code. */
export async function inRoom(store, command, options) {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-room-'));
  try {
    return await ended(spawn(...roomCommand(store, folder, command), options));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What runs a command in a room of its own, as `spawn` takes it. The room goes with this process, however that ends. */
export function roomCommand({ folder: images, driver }, folder, command) {
  const apartIn = ['--pdeathsig', 'KILL', 'unshare', ...apart, 'bash', script, folder, images, driver];
  return ['setpriv', [...apartIn, ...command]];
}

/** Exit code of a process; one that could not be started has 127, as in a shell. */
export function ended(child) {
  return new Promise((resolve) => {
    child.on('error', () => resolve(127));
    child.on('close', (code) => resolve(code ?? 1));
  });
}
