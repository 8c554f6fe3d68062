import { hub, internet, type Place, places, routerOf } from './topology.ts';

/** A router of FRR: who it is, whom it speaks BGP with, and which networks it announces. */
export interface Router {
  readonly namespace: string;
  readonly as: number;
  readonly id: string;
  readonly neighbours: readonly { readonly address: string; readonly as: number }[];
  readonly networks: readonly string[];
}

const provider = 65_000;
const asOf = (place: Place) => provider + 1 + place.number;

/** The provider's, and one a place: each announces its own networks to the provider, which tells the others. */
export const routers: readonly Router[] = [
  {
    namespace: internet,
    as: provider,
    id: '172.31.0.1',
    neighbours: places.map((place) => ({ address: `172.31.${place.number}.2`, as: asOf(place) })),
    networks: places.map(({ number }) => `172.31.${number}.0/30`),
  },
  ...places.map((place) => ({
    namespace: routerOf(place.name),
    as: asOf(place),
    id: `172.31.${place.number}.2`,
    neighbours: [{ address: `172.31.${place.number}.1`, as: provider }],
    networks: [`10.${place.number}.0.0/${place === hub ? 24 : 23}`],
  })),
];

/** bgpd.conf. Timers are short, so that a line that is cut is noticed within three seconds. */
export function bgpConfiguration({ as, id, neighbours, networks }: Router): string {
  return `router bgp ${as}
 bgp router-id ${id}
 no bgp ebgp-requires-policy
 no bgp network import-check
 timers bgp 1 3
${neighbours
  .map(
    ({ address, as: other }) => ` neighbor ${address} remote-as ${other}
 neighbor ${address} advertisement-interval 0
 neighbor ${address} timers connect 1`,
  )
  .join('\n')}
 address-family ipv4 unicast
${networks.map((network) => `  network ${network}`).join('\n')}
 exit-address-family
`;
}
