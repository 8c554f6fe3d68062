import type { PathKind } from './path.ts';

/** What every network is compared with. */
export const host: PathKind = {
  name: 'host',
  summary: 'the host’s own network, as with `network_mode: host`: nothing between, and nothing apart',
  open: async () => ({ client: [], server: [], address: '127.0.0.1', [Symbol.asyncDispose]: async () => {} }),
  clear: async () => {},
};
