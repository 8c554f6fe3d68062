import { gatewaySubject, nodeSubject } from '../ca/subjects.ts';
import type { EdgePlaces } from '../model/model.ts';

/** Who is given a view: the gateway of a site, or the proxy of a node, which stands at one. */
export interface Seat {
  /** As the certificate says it. */
  readonly subject: string;
  /** From where the view is seen. */
  readonly site: string;
}

export function gatewaySeat(site: string): Seat {
  return { subject: gatewaySubject(site), site };
}

/** All that there are. */
export function seatsOf({ sites, nodes }: Pick<EdgePlaces, 'sites' | 'nodes'>): Seat[] {
  const proxied = Object.values(nodes).filter(({ proxy, site }) => proxy && site in sites);
  return [
    ...Object.keys(sites).map(gatewaySeat),
    ...proxied.map(({ name, site }) => ({ subject: nodeSubject(name), site })),
  ];
}
