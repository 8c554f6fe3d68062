import type { NetworkSpec } from './spec.ts';

type Said = Pick<NetworkSpec, 'ipam' | 'internal' | 'ipv6'> & {
  readonly archetypeOptions?: Readonly<Record<string, unknown>>;
};

/**
 * What Compose's keys of a network are as options of an archetype, with those that are written for it. What is not said
 * stays unsaid: an archetype without IP takes no subnets.
 */
export function optionsOf({ ipam, internal, ipv6, archetypeOptions }: Said): Record<string, unknown> {
  const subnets = ipam.flatMap(({ subnet, gateway, ipRange: range }) =>
    subnet === undefined ? [] : [{ subnet, ...(gateway && { gateway }), ...(range && { range }) }],
  );
  return {
    ...(subnets.length > 0 && { subnets }),
    ...(internal && { internal }),
    ...(ipv6 && { ipv6 }),
    ...archetypeOptions,
  };
}
