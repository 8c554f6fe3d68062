import { nameRules } from '../../lib/names.ts';
import { type Of, optional, text } from '../../lib/schema.ts';
import { parseDuration } from '../../lib/time.ts';
import * as z from '../../lib/zod.ts';
import { canonicalAddress } from '../wan/addresses.ts';
import { bondDriverNames } from './driver-names.ts';

export const bondName = text.regex(nameRules.interface, 'is no name of an interface: at most 15 bytes');

const address = text
  .max(64)
  .refine(
    (said) => canonical(said) !== undefined,
    'is no address with the length of its network, such as 192.0.2.1/24',
  )
  .overwrite((said) => canonical(said) ?? said);

const duration = text
  .refine((value) => isWithin(parseDuration(value), 30, 10_000), 'is no duration from 30ms to 10s')
  .transform((value) => parseDuration(value) ?? 0);

/** One interface of several links (IEEE 802.1AX, link aggregation), by its name. */
const bond = z
  .strictObject({
    mode: z.literal('802.3ad').default('802.3ad').describe('Both ends agree on the links, by LACP.'),
    links: z
      .array(bondName)
      .min(2, 'are fewer than two: one link is no bond')
      .max(8)
      .refine(isOnce, 'name one interface twice')
      .describe('This host’s interfaces that it is of: without addresses, which are the bond’s.'),
    hash: z
      .enum(['layer2', 'layer2+3', 'layer3+4'])
      .default('layer3+4')
      .describe('What a link is chosen by: one flow takes one link.'),
    rate: z
      .enum(['fast', 'slow'])
      .default('fast')
      .describe('`fast`: the partner is heard each second, and is away after three; `slow`: each 30 s.'),
    detect: optional(duration).describe(
      'Within which a link that falls silent is found, by BFD on each: the partner has to speak it too. Default: by LACP.',
    ),
    driver: optional(z.enum(bondDriverNames)).describe(
      'Default: the kernel’s bond where there is one and `detect` is not said, and else Open vSwitch.',
    ),
    addresses: z
      .array(address)
      .max(16)
      .refine((all) => isOnce(all.map((one) => one.split('/')[0])), 'name one address twice')
      .default([])
      .describe('Its own: 192.0.2.1/24.'),
  })
  .superRefine(({ driver, detect, hash }, context) => {
    const refuse = (message: string, key: string) =>
      context.addIssue({ code: 'custom', message, path: [key] });
    if (driver === 'kernel' && detect !== undefined)
      refuse('the kernel’s bond does not speak BFD: leave it out, or say driver: ovs', 'detect');
    if (driver !== 'kernel' && (driver === 'ovs' || detect !== undefined) && hash !== 'layer3+4')
      refuse('Open vSwitch chooses links by layer3+4 alone', 'hash');
  });

/** The bonds of a node, by the names of their interfaces. */
export const bondsSettings = z.record(bondName, bond).superRefine((bonds, context) => {
  const owners = new Map<string, string>();
  for (const [name, { links }] of Object.entries(bonds)) {
    for (const [index, link] of links.entries()) {
      const other = owners.get(link) ?? (bonds[link] ? link : undefined);
      if (other !== undefined && other !== name)
        context.addIssue({
          code: 'custom',
          message: other === link ? `is a bond itself: ${link}` : `is a link of ${other} already`,
          path: [name, 'links', index],
        });
      owners.set(link, name);
    }
  }
});
export type BondSettings = Of<typeof bond>;
export type BondsSettings = Of<typeof bondsSettings>;

/** As the kernel says it; nothing where it is none. */
function canonical(said: string): string | undefined {
  const [text = '', length = '', ...more] = said.split('/');
  const ip = canonicalAddress(text);
  const isLength =
    /^[1-9]\d{0,2}$/.test(length) && isWithin(Number(length), 1, ip?.includes(':') === true ? 128 : 32);
  return ip !== undefined && isLength && more.length === 0 ? `${ip}/${length}` : undefined;
}

function isOnce(all: readonly (string | undefined)[]): boolean {
  return new Set(all).size === all.length;
}

function isWithin(value: number | undefined, least: number, most: number): boolean {
  return value !== undefined && value >= least && value <= most;
}
