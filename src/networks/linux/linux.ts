import { archetype } from '../standard/archetype.ts';
import { invalidError } from '../standard/parsed.ts';
import { LinuxDriver } from './driver.ts';
import { isOwnName } from './names.ts';
import { endpointOptions, networkOptions } from './options.ts';

/** Bridges of the kernel, and what is on them: what the other archetypes are made from. */
export const linux = archetype({
  name: 'linux',
  summary: 'a bridge of the kernel, with what addresses it is told',
  uses: [],
  attachments: ['namespace', 'tap', 'interface', 'handed'],
  carriesIp: false,
  traffic: ['counters', 'trace'],
  networkOptions,
  endpointOptions,
  settleEndpoint: ({ name, attachment, options }, network) => {
    if (attachment.kind === 'interface' && isOwnName(attachment.interface))
      throw invalidError(
        `endpoint ${name} of ${network.name}: attachment.interface: ${attachment.interface} is Heddle’s own`,
      );
    if (options.isolated && network.options.switch.kind === 'openvswitch')
      throw invalidError(
        `endpoint ${name} of ${network.name}: options.isolated: a bridge of Open vSwitch has none`,
      );
    return options;
  },
  driver: (context) => new LinuxDriver(context),
});
