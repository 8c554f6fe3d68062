import { archetype } from '../standard/archetype.ts';
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
  traffic: ['counters', 'flows'],
  networkOptions,
  endpointOptions,
  driver: (context) => new EtarchDriver(context),
});
