import { hostname } from 'node:os';
import type { Log } from '../../lib/log.ts';
import { archetypes } from '../../networks/archetypes.ts';
import { localServices } from '../../networks/local-services.ts';
import {
  type ArchetypeDescription,
  describeArchetype,
} from '../../networks/standard/archetype-description.ts';
import type { NetworkingService } from '../../networks/standard/networking-service.ts';
import { openSqliteManager } from '../../state/sqlite-manager.ts';
import type { NodeSettings } from '../settings/settings.ts';
import { Look } from './look.ts';
import { Networking } from './networking.ts';
import { openEdge } from './open-edge.ts';
import { programFolder } from './program-folder.ts';

/** The networks of this host. */
export interface HostNetworking {
  readonly networking: NetworkingService;
  archetypes(): readonly ArchetypeDescription[];
  /** Brings about what is kept, now and from time to time. */
  start(): void;
  stop(): Promise<void>;
}

/** @throws HeddleError ERR_NODE_RUNNING, ERR_STATE, ERR_STATE_NEWER, ERR_DISK_FULL */
export function openNetworking(stateDir: string, settings: NodeSettings, log: Log): HostNetworking {
  const state = openSqliteManager(`${stateDir}/networks.db`);
  const folderOf = (archetype: string) => programFolder(stateDir, archetype);
  const services = localServices(archetypes, state, folderOf, {
    edge: openEdge(settings, stateDir),
    shared: { node: settings.name ?? hostname(), state },
  });
  const look = new Look(services, log);
  return {
    networking: new Networking(services),
    archetypes: () => archetypes.map(describeArchetype),
    start: () => look.start(),
    stop: async () => {
      await look.stop();
      for (const service of services.values()) await service.close();
      await state.close();
    },
  };
}
