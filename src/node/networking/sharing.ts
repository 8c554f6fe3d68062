import { hostname } from 'node:os';
import type { Log } from '../../lib/log.ts';
import { archetypes } from '../../networks/archetypes.ts';
import { Dispatcher } from '../../networks/dispatch/dispatcher.ts';
import { LeasedPresence } from '../../networks/dispatch/presence.ts';
import type { NetworkingService } from '../../networks/standard/networking-service.ts';
import type { Switcher } from '../../networks/switch/switcher.ts';
import { openStateManager } from '../../state/open-manager.ts';
import type { StateManager } from '../../state/state-manager.ts';
import type { NodeSettings } from '../settings/settings.ts';
import { lookAtHost } from './look-at-host.ts';

/** What other nodes know this one by. */
export function nodeNameOf({ name = hostname() }: Pick<NodeSettings, 'name'>): string {
  return name;
}

/**
 * The state that nodes share, if the settings say so; nobody need be there yet.
 * @throws HeddleError ERR_USAGE, ERR_FILE_NOT_FOUND
 */
export async function openShared({ state: { etcd } }: NodeSettings): Promise<StateManager | undefined> {
  return etcd && openStateManager({ etcd });
}

/** What networks of this node are shared by. `own`: the state of this node; `local`: its services, whose networks `switcher` switches. */
export function dispatcherOf(
  settings: NodeSettings,
  shared: StateManager,
  own: StateManager,
  local: ReadonlyMap<string, NetworkingService>,
  switcher: Pick<Switcher, 'switch'>,
  log: Log,
): Dispatcher {
  return new Dispatcher({
    archetypes,
    shared,
    own,
    presence: new LeasedPresence(nodeNameOf(settings), shared, own),
    local,
    switcher,
    hasEdge: settings.edge !== undefined,
    look: () => lookAtHost(settings),
    failed: ({ code, message }) => log.error({ code }, `networks that nodes share: ${message}`),
  });
}
