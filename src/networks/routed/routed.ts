import { BetweenDriver } from '../between/driver.ts';
import { spanningTraits } from '../between/traits.ts';
import { choosesOnHost, forNode, prefixesOf, settleEndpoint, settleNetwork } from '../ip/settle.ts';
import { archetype } from '../standard/archetype.ts';
import { RoutedCarrier } from './carrier.ts';
import { type EndpointOptions, endpointOptions, type NetworkOptions, networkOptions } from './options.ts';

const name = 'routed';

/** Networks over several hosts without anything around their packets: hosts tell each other by BGP which endpoints they have (RFC 4271). */
export const routed = archetype<NetworkOptions, EndpointOptions>({
  ...spanningTraits(name),
  summary: 'over hosts by routes, of which they tell each other by BGP: nothing is wrapped',
  networkOptions,
  endpointOptions,
  // On a single node `ip` chooses what was not said.
  shared: { settleNetwork, settleEndpoint, choosesOnHost, forNode, prefixes: prefixesOf },
  driver: (context) =>
    new BetweenDriver(context, {
      archetype: name,
      ipOptions: (options) => ({ ...options, routed: true }),
      carrier: (one) => new RoutedCarrier(one),
    }),
});
