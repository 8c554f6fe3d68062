import { farEnd } from '../ends/far-end.ts';
import { localEnd } from '../ends/local-end.ts';
import type { PathKind } from './path.ts';

const name = 'host';

/** The host's own network, as with `network_mode: host`: what every other is compared with. */
export const host: PathKind = {
  name,
  traits: ['nothing is kept apart: its ports are the host’s, and it sees all interfaces', 'not encrypted'],
  lines: 'services:\n  app: { network_mode: host }',
  open: async (id, tools) => ({
    client: [],
    server: tools.far ? await farEnd(tools.far, id, name) : localEnd([], '127.0.0.1'),
    [Symbol.asyncDispose]: () => host.clear(id, tools),
  }),
  clear: async (id, { far }) => far?.measuring.close(far.name, id, name),
};
