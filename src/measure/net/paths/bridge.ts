import { HeddleError } from '../../../lib/errors.ts';
import { type AddressedLink, ipJson } from '../../../networks/ip.ts';
import { localEnd } from '../ends/local-end.ts';
import type { PathKind, PathTools } from './path.ts';

/** Two containers that do nothing, on a network of the container engine. */
const text = `
services:
  client: { image: localhost/heddle/holder, stop_grace_period: 1s }
  server: { image: localhost/heddle/holder, stop_grace_period: 1s }
`;

/** The container engine's own network, as a Compose file has it that says nothing of networks. */
export const bridge: PathKind = {
  name: 'bridge',
  traits: [
    'kept apart from other networks by the container engine, reached at published ports',
    'not encrypted',
    'ends at its host',
  ],
  lines: 'networks:\n  lab: {}',
  open: async (id, tools) => {
    if (tools.far)
      throw new HeddleError('ERR_MEASURE', 'the container engine’s own network ends at its host');
    const project = projectOf(id);
    try {
      await tools.applications.up(project, text);
      const client = await tools.applications.pidOf(project, 'client');
      const server = await tools.applications.pidOf(project, 'server');
      return {
        client: within(client),
        server: localEnd(within(server), await addressOf(server)),
        [Symbol.asyncDispose]: () => bridge.clear(id, tools),
      };
    } catch (error) {
      await bridge.clear(id, tools).catch(() => {});
      throw error;
    }
  },
  clear: (id: string, { applications }: PathTools) => applications.down(projectOf(id)),
};

async function addressOf(pid: number): Promise<string> {
  const links = await ipJson<AddressedLink>({ pid }, ['address', 'show']);
  const found = links.flatMap(({ addr_info: all }) =>
    all.filter(({ family, scope }) => family === 'inet' && scope === 'global'),
  );
  const [first] = found;
  if (first) return first.local;
  throw new HeddleError('ERR_MEASURE', 'a container has no address on the engine’s network');
}

function within(pid: number): string[] {
  return ['nsenter', '--target', String(pid), '--net', '--'];
}

function projectOf(id: string): string {
  return `heddle-bench-${id}`;
}
