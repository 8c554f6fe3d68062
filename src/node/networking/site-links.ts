import path from 'node:path';
import { HeddleError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { linkAddress } from '../../networks/wan/addresses.ts';
import { linkKey } from '../../networks/wan/link-end.ts';
import { Links } from '../../networks/wan/links.ts';
import type { StateManager } from '../../state/state-manager.ts';
import type { NodeSettings } from '../settings/settings.ts';
import { nodeNameOf } from './sharing.ts';

/** The links to other nodes that the settings ask for, if they do. */
export function linksOf(
  settings: NodeSettings,
  shared: StateManager | undefined,
  stateDir: string,
  log: Log,
): Links | undefined {
  const { site, wan } = settings;
  if (!shared) return undefined;
  const here = nodeNameOf(settings);
  if (!wan || site === undefined) {
    forgetLinks(shared, here).catch(({ code, message }: HeddleError) =>
      log.warn({ code }, `links: other nodes do not know yet that this one has none: ${message}`),
    );
    return undefined;
  }
  return new Links({ here, site, settings: wan, state: shared, folder: linksFolder(stateDir), log });
}

/** Other nodes have none to this one any more. @throws HeddleError ERR_STATE_UNREACHABLE */
export async function forgetLinks(shared: StateManager, here: string): Promise<void> {
  const key = linkKey(here);
  if (await shared.get(key)) await shared.commit([], [{ key, delete: true }]);
}

/** Where links keep what has to last, their private keys too: nobody but root can enter the node’s state. */
export function linksFolder(stateDir: string): string {
  return path.join(stateDir, 'links');
}

/** The edge’s settings, where its uplink are the links: with the address that this node has there. Pure. */
export function overLinks(settings: NodeSettings): NodeSettings['edge'] {
  const { edge, wan } = settings;
  if (!edge || edge.uplink !== wan?.interface) return edge;
  return { ...edge, options: { local: linkAddress(nodeNameOf(settings)), ...edge.options } };
}

/** @throws HeddleError ERR_RESOURCE_UNKNOWN where there are none */
export function expectLinks(links: Links | undefined): Links {
  if (links) return links;
  throw new HeddleError('ERR_RESOURCE_UNKNOWN', 'this node has no links to others', {
    hint: 'say its `site` and its uplinks, `wan`, in its settings: docs/howto/sites.md',
  });
}
