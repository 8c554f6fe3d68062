import { archetype } from '../standard/archetype.ts';
import { bridgeName, IpDriver } from './driver.ts';
import { heldOnHost } from './held-on-host.ts';
import { endpointOptions, type NetworkOptions, networkOptions } from './options.ts';
import { choosesOnHost, forNode, prefixesOf, settleEndpoint, settleIpNetwork } from './settle.ts';

/** Networks that carry IP: subnets, addresses, names, a way out, and published ports. */
export const ip = archetype({
  name: 'ip',
  summary: 'subnets, addresses, names, a way out, published ports',
  uses: ['linux'],
  attachments: ['namespace', 'tap', 'interface', 'handed'],
  carriesIp: true,
  whyNotLed: ({ switch: { kind } }: NetworkOptions) =>
    kind === 'openvswitch' ? 'switch is an Open vSwitch, where each may speak as another' : undefined,
  heldOnHost,
  access: { archetype: 'linux', name: bridgeName },
  traffic: ['counters', 'trace'],
  networkOptions,
  endpointOptions,
  settleNetwork: settleIpNetwork,
  settleEndpoint,
  shared: { choosesOnHost, forNode, prefixes: prefixesOf },
  driver: (context) => new IpDriver(context),
});
