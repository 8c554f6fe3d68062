import type { Guarded } from '../nve/tunnel-guard.ts';

/** Those between the hosts of a mesh. UDP: a port beside that of `overlay`, so that each guards its own. */
export const meshTunnels: Guarded = { table: 'heddle_mesh', port: 8474 };
