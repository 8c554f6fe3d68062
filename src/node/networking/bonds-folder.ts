import path from 'node:path';

/** Where bonds keep what was made for them, and what has to be put back. */
export function bondsFolder(stateDir: string): string {
  return path.join(stateDir, 'bonds');
}
