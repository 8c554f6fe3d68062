import { hostname } from 'node:os';
import type { Log } from '../../lib/log.ts';
import type { NetworkFigures } from '../../monitor/metrics/network-families.ts';
import { archetypes } from '../../networks/archetypes.ts';
import { sharedPrefixes } from '../../networks/dispatch/around.ts';
import { Dispatcher } from '../../networks/dispatch/dispatcher.ts';
import { LeasedPresence } from '../../networks/dispatch/presence.ts';
import { localServices } from '../../networks/local-services.ts';
import {
  type ArchetypeDescription,
  describeArchetype,
} from '../../networks/standard/archetype-description.ts';
import type { NetworkingService } from '../../networks/standard/networking-service.ts';
import { openStateManager } from '../../state/open-manager.ts';
import { openSqliteManager } from '../../state/sqlite-manager.ts';
import type { NodeSettings } from '../settings/settings.ts';
import { figuresOf } from './figures.ts';
import { Look } from './look.ts';
import { lookAtHost } from './look-at-host.ts';
import { Networking } from './networking.ts';
import { openEdge } from './open-edge.ts';
import { programFolder } from './program-folder.ts';

/** The networks of this host. */
export interface HostNetworking {
  readonly networking: NetworkingService;
  archetypes(): readonly ArchetypeDescription[];
  /** For Prometheus. */
  figures(): Promise<NetworkFigures>;
  /** Brings about what is kept, now and from time to time. */
  start(): void;
  stop(): Promise<void>;
}

/**
 * @throws HeddleError ERR_NODE_RUNNING, ERR_STATE, ERR_STATE_NEWER, ERR_DISK_FULL; of the settings of a state that nodes share:
 *   ERR_USAGE, ERR_FILE_NOT_FOUND
 */
export async function openNetworking(
  stateDir: string,
  settings: NodeSettings,
  log: Log,
): Promise<HostNetworking> {
  const state = openSqliteManager(`${stateDir}/networks.db`);
  const { etcd } = settings.state;
  const shared = etcd && (await openStateManager({ etcd: { ...etcd, endpoints: [...etcd.endpoints] } }));
  const edge = openEdge(settings, stateDir);
  const node = settings.name ?? hostname();
  const services = localServices(archetypes, state, (archetype) => programFolder(stateDir, archetype), {
    edge,
    shared: { node, state: shared ?? state },
    ...(shared && { elsewhere: () => sharedPrefixes(shared, archetypes) }),
  });
  const look = new Look(services, log);
  const dispatcher =
    shared &&
    new Dispatcher({
      archetypes,
      shared,
      own: state,
      presence: new LeasedPresence(node, shared, state),
      local: services,
      hasEdge: edge !== undefined,
      look: () => lookAtHost(settings),
      failed: ({ code, message }) => log.error({ code }, `networks that nodes share: ${message}`),
    });
  const networking = new Networking(dispatcher?.services ?? services, services);
  const repairs = () => [...services].map(([archetype, service]) => ({ archetype, ...service.repairs }));
  return {
    networking,
    figures: () => figuresOf(networking, repairs()),
    archetypes: () => archetypes.map(describeArchetype),
    start: () => {
      look.start();
      dispatcher?.start();
    },
    stop: async () => {
      await dispatcher?.stop();
      await look.stop();
      for (const service of services.values()) await service.close();
      await state.close();
      await shared?.close();
    },
  };
}
