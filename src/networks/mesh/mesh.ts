import { BetweenDriver } from '../between/driver.ts';
import { spanningTraits } from '../between/traits.ts';
import { choosesOnHost, forNode, prefixesOf, settleEndpoint, settleNetwork } from '../ip/settle.ts';
import { settleVni } from '../overlay/vni.ts';
import { archetype } from '../standard/archetype.ts';
import { MeshCarrier } from './carrier.ts';
import { type EndpointOptions, endpointOptions, type NetworkOptions, networkOptions } from './options.ts';

const name = 'mesh';

/**
 * Networks on which endpoints speak TLS with each other, each through a proxy of its own that proves who it is (mutual TLS), on one
 * host and between several. What programs say stays as it is.
 */
export const mesh = archetype<NetworkOptions, EndpointOptions>({
  ...spanningTraits(name),
  // A proxy stands inside of a namespace.
  attachments: ['namespace'],
  summary: 'a proxy beside each endpoint, and mutual TLS between them, on one host and over several',
  encrypts: true,
  whyNotLed: () => 'endpoints encrypt what they say to each other',
  ownOptions: ['vni', 'udp'],
  networkOptions,
  endpointOptions,
  settleNetwork: (wish, others, _taken, before) => settleMesh(wish, others, before),
  shared: {
    settleNetwork: (wish, others, taken, before) =>
      settleMesh({ ...wish, options: settleNetwork(wish, others, taken, before) }, others, before),
    settleEndpoint,
    choosesOnHost,
    forNode,
    prefixes: prefixesOf,
  },
  driver: (context) =>
    new BetweenDriver(context, {
      archetype: name,
      ipOptions: ({ vni: _, udp: __, ...options }) => options,
      carrier: (one) => new MeshCarrier(one),
    }),
});

function settleMesh(...[wish, others, before]: Parameters<typeof settleVni>): NetworkOptions {
  return { ...wish.options, ...settleVni(wish, others, before) };
}
