import type { PathKind } from './path.ts';

/** The host's own network, as with `network_mode: host`: what every other is compared with. */
export const host: PathKind = {
  name: 'host',
  traits: ['nothing is kept apart: its ports are the host’s, and it sees all interfaces', 'not encrypted'],
  lines: 'services:\n  app: { network_mode: host }',
  open: async () => ({ client: [], server: [], address: '127.0.0.1', [Symbol.asyncDispose]: async () => {} }),
  clear: async () => {},
};
