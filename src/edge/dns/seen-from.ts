import type { ServiceView } from '../view/view.ts';

/**
 * What a gateway can say to clients of another site, which it knows only from its own point of view: they are led to their
 * own gateway, or to copies at their own site; where there are none, as clients here are. Pure.
 */
export function seenFrom(site: string, service: ServiceView): ServiceView {
  const isThere = (copy: ServiceView['copies'][number]) => copy.site === site && copy.verdict !== 'out';
  if (!service.copies.some(isThere)) return service;
  const copies = service.copies.map((copy) => {
    if (isThere(copy)) return { ...copy, verdict: 'chosen' as const };
    return copy.verdict === 'chosen' ? { ...copy, verdict: 'spare' as const } : copy;
  });
  return { ...service, copies };
}
