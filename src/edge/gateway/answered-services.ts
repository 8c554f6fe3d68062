import path from 'node:path';
import { judge } from '../health/judge.ts';
import type { ServiceView } from '../view/view.ts';
import { DownFile } from './down-file.ts';
import { type KeptView, ViewStore } from './view-store.ts';

/**
 * The services of a gateway as it answers from them, by what it keeps in its state folder.
 * @throws HeddleError ERR_STATE when that cannot be read
 */
export function answeredServices(state: string): Readonly<Record<string, ServiceView>> {
  const down = new DownFile(path.join(state, 'down')).read();
  const told = toldServices(new ViewStore(path.join(state, 'view')).load());
  return Object.fromEntries([...told].map(([key, service]) => [key, judge(service, (one) => down.has(one))]));
}

function toldServices({ changes }: KeptView): ReadonlyMap<string, ServiceView> {
  const services = new Map<string, ServiceView>();
  for (const { message } of changes) {
    if (message.kind === 'snapshot') services.clear();
    const { set, removed } =
      message.kind === 'snapshot' ? { set: message.view.services, removed: [] } : message;
    for (const key of removed) services.delete(key);
    for (const [key, service] of Object.entries(set)) services.set(key, service);
  }
  return services;
}
