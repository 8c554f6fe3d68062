import { gatewaySubject, nodeSubject } from '../ca/subjects.ts';
import type { EdgePlaces } from '../model/model.ts';

/** Who is given a view: the gateway of a site, or the proxy of a node, which stands at one. */
export interface Recipient {
  /** As the certificate says it. */
  readonly subject: string;
  /** From where the view is seen. */
  readonly site: string;
}

export function gatewayRecipient(site: string): Recipient {
  return { subject: gatewaySubject(site), site };
}

/** All that there are. */
export function recipientsOf({ sites, nodes }: Pick<EdgePlaces, 'sites' | 'nodes'>): Recipient[] {
  const proxied = Object.values(nodes).filter(({ proxy, site }) => proxy && site in sites);
  return [
    ...Object.keys(sites).map(gatewayRecipient),
    ...proxied.map(({ name, site }) => ({ subject: nodeSubject(name), site })),
  ];
}
