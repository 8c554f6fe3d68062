import { BetweenDriver } from '../between/driver.ts';
import { spanningTraits } from '../between/traits.ts';
import { choosesOnHost, forNode, prefixesOf, settleEndpoint, settleNetwork } from '../ip/settle.ts';
import { archetype } from '../standard/archetype.ts';
import { OverlayCarrier } from './carrier.ts';
import { type EndpointOptions, endpointOptions, type NetworkOptions, networkOptions } from './options.ts';
import { settleVni } from './vni.ts';

const name = 'overlay';

/** Networks over several hosts in tunnels of VXLAN, each of which knows where every endpoint is (RFC 7348; RFC 8365, 1). */
export const overlay = archetype<NetworkOptions, EndpointOptions>({
  ...spanningTraits(name),
  summary: 'over hosts in tunnels of VXLAN, with a table of where each endpoint is: nothing is flooded',
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
  driver: (context) =>
    new BetweenDriver(context, {
      archetype: name,
      ipOptions: ({ vni: _, ...options }) => options,
      carrier: (one) => new OverlayCarrier(one),
    }),
});
