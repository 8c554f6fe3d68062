import type { Network } from './network.ts';

/** What says how a network is on the physical network, if it is: as its archetype hands it down. Pure. */
export type OnWire = Pick<Network, 'vlan' | 'program'>;

interface Said {
  readonly vlan?: number | undefined;
  readonly program?: string | undefined;
}

export function onWire({ vlan, program }: Said): OnWire {
  return { ...(vlan !== undefined && { vlan }), ...(program !== undefined && { program }) };
}
