import { mkdirSync } from 'node:fs';
import { contentHash } from '../../lib/hash.ts';

/**
 * Of what programs of a networking service read and write, which run as nobody: a folder of the node's own could not be
 * entered by them. Gone after a boot, as are they.
 */
export function programFolder(stateDir: string, archetype: string): string {
  const folder = `${programsOf(stateDir)}/${archetype}`;
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  return folder;
}

/** Of all services of a node. */
export function programsOf(stateDir: string): string {
  return `/run/heddle-networks/${contentHash(stateDir).slice(0, 8)}`;
}
