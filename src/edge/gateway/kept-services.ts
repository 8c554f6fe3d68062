import type { ServiceView } from '../view/view.ts';
import type { KeptView } from './view-store.ts';

/** The services of a view that was kept, as its gateway answers from them. */
export function keptServices({ changes }: KeptView): Readonly<Record<string, ServiceView>> {
  const services = new Map<string, ServiceView>();
  for (const { message } of changes) {
    if (message.kind === 'snapshot') services.clear();
    const { set, removed } =
      message.kind === 'snapshot' ? { set: message.view.services, removed: [] } : message;
    for (const key of removed) services.delete(key);
    for (const [key, service] of Object.entries(set)) services.set(key, service);
  }
  return Object.fromEntries(services);
}
