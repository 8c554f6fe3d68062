import type { Log } from '../../lib/log.ts';
import type { NetworkFigures } from '../../monitor/metrics/network-families.ts';
import { archetypes } from '../../networks/archetypes.ts';
import { sharedPrefixes } from '../../networks/dispatch/around.ts';
import { localServices } from '../../networks/local-services.ts';
import {
  type ArchetypeDescription,
  describeArchetype,
} from '../../networks/standard/archetype-description.ts';
import type { Networks } from '../../networks/standard/networking-service.ts';
import { Switcher } from '../../networks/switch/switcher.ts';
import { openSqliteManager } from '../../state/sqlite-manager.ts';
import type { NodeSettings } from '../settings/settings.ts';
import { figuresOf } from './figures.ts';
import { Look } from './look.ts';
import { Networking } from './networking.ts';
import { openEdge } from './open-edge.ts';
import { programFolder } from './program-folder.ts';
import { dispatcherOf, nodeNameOf, openShared } from './sharing.ts';

/** The networks of this host. */
export interface HostNetworking {
  readonly networking: Networks;
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
  const shared = await openShared(settings);
  const services = localServices(archetypes, state, (archetype) => programFolder(stateDir, archetype), {
    edge: openEdge(settings, stateDir),
    shared: { node: nodeNameOf(settings), state: shared ?? state },
    ...(shared && { reserved: () => sharedPrefixes(shared, archetypes) }),
  });
  const look = new Look(services, log);
  const dispatcher = shared && dispatcherOf(settings, shared, state, services, log);
  const networking = dispatcher
    ? new Networking(dispatcher.services, services)
    : new Networking(services, services, new Switcher(services, state));
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
