import { choosesOnHost, forNode, prefixesOf, settleEndpoint, settleNetwork } from '../ip/settle.ts';
import { archetype } from '../standard/archetype.ts';
import { OverlayDriver } from './driver.ts';
import { type EndpointOptions, endpointOptions, type NetworkOptions, networkOptions } from './options.ts';
import { partOf } from './parts.ts';
import { forgetNode } from './stations.ts';
import { settleVni } from './vni.ts';

/** Networks over several hosts in tunnels of VXLAN, each of which knows where every endpoint is (RFC 7348; RFC 8365, 1). */
export const overlay = archetype<NetworkOptions, EndpointOptions>({
  name: 'overlay',
  summary: 'over hosts in tunnels of VXLAN, with a table of where each endpoint is: nothing is flooded',
  uses: ['linux', 'ip'],
  attachments: ['namespace', 'tap', 'interface', 'handed'],
  carriesIp: true,
  hasOwnTunnels: true,
  access: { archetype: 'ip', name: partOf },
  traffic: ['counters', 'trace'],
  ownOptions: ['vni'],
  networkOptions,
  endpointOptions,
  // On a single node `ip` chooses the rest.
  settleNetwork: (wish, others, _taken, before) => settleVni(wish, others, before),
  shared: {
    settleNetwork: (wish, others, taken, before) =>
      settleVni({ ...wish, options: settleNetwork(wish, others, taken, before) }, others, before),
    settleEndpoint,
    choosesOnHost,
    forNode,
    prefixes: prefixesOf,
  },
  forgetNode,
  driver: (context) => new OverlayDriver(context),
});
