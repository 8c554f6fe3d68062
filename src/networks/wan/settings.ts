import { isLabel } from '../../lib/dns-label.ts';
import { nameRules } from '../../lib/names.ts';
import { integer, type Of, optional, text } from '../../lib/schema.ts';
import { parseDuration } from '../../lib/time.ts';
import * as z from '../../lib/zod.ts';
import { canonicalAddress, isReachable } from './addresses.ts';
import { linkKindNames } from './kind-names.ts';

const interfaceName = text.regex(nameRules.interface, 'is no name of an interface: at most 15 bytes');
const address = text
  .max(64)
  .refine((said) => canonicalAddress(said) !== undefined, 'is no IP address')
  .overwrite((said) => canonicalAddress(said) ?? said);
/** Where a node is found. */
export const reachableAddress = address.refine(isReachable, 'is no address that another node could reach');

const port = integer.min(1).max(65_535);

/** A place, as the edge has it: a DNS label. */
export const siteName = text.refine(
  isLabel,
  'is no name of a site: small letters, digits and `-`, at most 63',
);

const uplink = z.strictObject({
  interface: interfaceName.describe('This host’s interface, with an address of IP.'),
  network: text
    .refine(isLabel, 'is no name: small letters, digits and `-`, at most 63')
    .default('internet')
    .describe('What it leads to, the same on every node: only uplinks to the same network reach each other.'),
  address: optional(reachableAddress).describe(
    'Where other nodes find it. Default: its first address, IPv4 before IPv6.',
  ),
  gateway: optional(address).describe(
    'The router behind it. Default: that of its default route, if it has one.',
  ),
  cost: integer
    .min(0)
    .max(10_000)
    .default(0)
    .describe('By how many milliseconds of delay another has to be worse before this one is used.'),
});

/** Links to the nodes of other sites, and to those of this one. */
export const wanSettings = z
  .strictObject({
    kind: z
      .enum(linkKindNames)
      .default('wireguard')
      .describe(
        'How packets travel; the same on every node. `plain`: as they are, on an Ethernet that all nodes are on.',
      ),
    interface: interfaceName
      .default('hwan0')
      .describe('What all links are behind on this host; the edge’s uplink.'),
    uplinks: z
      .array(uplink)
      .min(1)
      .max(4)
      .refine(
        (all) => new Set(all.map((one) => one.interface)).size === all.length,
        'name one interface twice',
      ),
    port: port.default(51_820).describe('UDP, of what travels on the links.'),
    livenessPort: port.default(51_821).describe('UDP, of what measures the paths; the same on every node.'),
    rotateKeys: text
      .refine(
        (value) => (parseDuration(value) ?? 0) >= 60_000,
        'is no duration of a minute or more, such as 30d',
      )
      .default('30d')
      .describe('The age at which this node makes itself a new private key.'),
  })
  .superRefine(({ kind, uplinks: [first, second] }, context) => {
    if (kind !== 'plain') return;
    const refuse = (message: string, ...path: (string | number)[]) =>
      context.addIssue({ code: 'custom', message, path: ['uplinks', ...path] });
    if (second) refuse('links of kind plain are on one Ethernet, and have one uplink', 1);
    for (const key of ['address', 'gateway'] as const)
      if (first?.[key] !== undefined)
        refuse(
          `links of kind plain pass no router: other nodes are on the Ethernet of ${first.interface}`,
          0,
          key,
        );
  });
export type WanSettings = Of<typeof wanSettings>;
export type UplinkSettings = WanSettings['uplinks'][number];
