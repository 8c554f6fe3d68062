import type { Message } from '../delivery/messages.ts';
import type { ServiceView, SiteView } from '../view/view.ts';

/**
 * What a gateway can say to clients of another site, which it knows only from its own point of view: they are led to their
 * own gateway, or to copies at their own site; where there are none, as clients here are. Pure.
 */
export function seenFrom(site: string, message: Message): Message {
  const all = (services: SiteView['services']) =>
    Object.fromEntries(Object.entries(services).map(([key, service]) => [key, serviceFrom(site, service)]));
  if (message.kind === 'delta') return { ...message, site, set: all(message.set) };
  return { ...message, view: { ...message.view, site, services: all(message.view.services) } };
}

function serviceFrom(site: string, service: ServiceView): ServiceView {
  const isThere = (copy: ServiceView['copies'][number]) => copy.site === site && copy.verdict !== 'out';
  if (!service.copies.some(isThere)) return service;
  const copies = service.copies.map((copy) => {
    if (isThere(copy)) return { ...copy, verdict: 'chosen' as const };
    return copy.verdict === 'chosen' ? { ...copy, verdict: 'spare' as const } : copy;
  });
  return { ...service, copies };
}
