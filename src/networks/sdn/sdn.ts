import { choosesOnHost, forNode, prefixesOf, settleEndpoint, settleNetwork } from '../ip/settle.ts';
import { archetype } from '../standard/archetype.ts';
import { SdnDriver } from './driver.ts';
import { endpointOptions, type NetworkOptions, networkOptions } from './options.ts';
import { dataName } from './parts.ts';

/** Networks whose switch does what a controller says. */
export const sdn = archetype({
  name: 'sdn',
  summary: 'Open vSwitch, and a controller that says by OpenFlow what it does',
  uses: ['ip'],
  attachments: ['namespace', 'tap', 'interface', 'handed'],
  carriesIp: true,
  whyNotLed: ({ controller }: NetworkOptions) =>
    controller === undefined ? undefined : 'switch does what another’s controller says',
  access: { archetype: 'ip', name: dataName },
  traffic: ['counters', 'flows', 'trace'],
  networkOptions,
  endpointOptions,
  // On a single node `ip` chooses.
  shared: { settleNetwork, settleEndpoint, choosesOnHost, forNode, prefixes: prefixesOf },
  driver: (context) => new SdnDriver(context),
});
