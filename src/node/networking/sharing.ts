import { hostname } from 'node:os';
import type { Log } from '../../lib/log.ts';
import { archetypes } from '../../networks/archetypes.ts';
import { Dispatcher } from '../../networks/dispatch/dispatcher.ts';
import { LeasedPresence } from '../../networks/dispatch/presence.ts';
import { Underlays } from '../../networks/dispatch/underlays.ts';
import type { NodeEdge } from '../../networks/nve/node-edge.ts';
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

/** What is this node's alone. */
interface Local {
  /** Its services. */
  readonly local: ReadonlyMap<string, NetworkingService>;
  /** Switches its networks. */
  readonly switcher: Pick<Switcher, 'switch'>;
  readonly edge: NodeEdge | undefined;
}

/** What networks of this node are shared by. `own`: the state of this node. */
export function dispatcherOf(
  settings: NodeSettings,
  shared: StateManager,
  own: StateManager,
  { local, switcher, edge }: Local,
  log: Log,
  engine?: string,
): Dispatcher {
  return new Dispatcher({
    archetypes,
    shared,
    own,
    presence: new LeasedPresence(nodeNameOf(settings), shared, own),
    local,
    switcher,
    edge,
    look: () => lookAtHost(settings, engine, edge),
    failed: ({ code, message }) => log.error({ code }, `networks that nodes share: ${message}`),
  });
}

/** What tells the edge of the other hosts that share networks; nothing where there is no edge, or nobody shares. */
export function underlaysOf(
  settings: NodeSettings,
  shared: StateManager | undefined,
  edge: NodeEdge | undefined,
  log: Log,
): Underlays | undefined {
  if (!shared || !edge) return undefined;
  return new Underlays(
    nodeNameOf(settings),
    shared,
    (hosts) => edge.meet(hosts),
    ({ code, message }) => log.error({ code }, `the edge and the other hosts: ${message}`),
  );
}
