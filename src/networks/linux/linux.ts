import { archetype } from '../standard/archetype.ts';
import { driver } from './driver.ts';
import { endpointOptions, networkOptions } from './options.ts';

/** Bridges of the kernel, and what is on them: what the other archetypes are made from. */
export const linux = archetype({
  name: 'linux',
  summary: 'a bridge of the kernel, with what addresses it is told',
  uses: [],
  attachments: ['namespace', 'tap', 'interface'],
  carriesIp: false,
  networkOptions,
  endpointOptions,
  driver: () => driver,
});
