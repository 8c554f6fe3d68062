import path from 'node:path';

/** Where services in the node's process keep what is wanted, together: what concerns several of them changes at once. */
export function hostStateFile(stateDir: string): string {
  return path.join(stateDir, 'networks.db');
}

/** Where one in a process of its own keeps it. */
export function stateFile(stateDir: string, archetype: string): string {
  return path.join(stateDir, `networks-${archetype}.db`);
}

/** Where a networking service listens. */
export function serviceSocket(sockets: string, archetype: string): string {
  return path.join(sockets, `${archetype}.sock`);
}
