import { archetype } from '../standard/archetype.ts';
import { forgetNode } from './domain/forget-node.ts';
import { DomainStore } from './domain/store.ts';
import { directoryOf } from './domain/tables.ts';
import { EtarchDriver } from './driver.ts';
import { endpointOptions, networkOptions } from './options.ts';
import { lostWith, switchName } from './parts.ts';

/** The Entity Title Architecture (ETArch): entities are called by titles, and speak in workspaces. There is no IP, and no ARP. */
export const etarch = archetype({
  name: 'etarch',
  summary: 'entities with titles, and workspaces that they speak in: no IP, no ARP',
  uses: ['linux'],
  attachments: ['namespace', 'tap', 'interface'],
  carriesIp: false,
  access: { archetype: 'linux', name: switchName },
  lost: lostWith,
  traffic: ['counters', 'flows', 'trace'],
  networkOptions,
  endpointOptions,
  directory: async (registry, network) => directoryOf(await new DomainStore(registry, network).read()),
  forgetNode,
  driver: (context) => new EtarchDriver(context),
});
