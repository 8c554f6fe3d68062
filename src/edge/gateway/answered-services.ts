import path from 'node:path';
import { judge, judgeProxied } from '../health/judge.ts';
import { isChecked } from '../health/targets.ts';
import { drivers } from '../proxy/drivers.ts';
import type { BackendFigures } from '../proxy/figures.ts';
import { seenByProxy } from '../proxy/seen.ts';
import type { ServiceView, SiteView } from '../view/view.ts';
import { ViewStore } from '../view/view-store.ts';
import { DownFile } from './down-file.ts';
import { ViewJournal } from './view-journal.ts';

/**
 * The services of a gateway that runs, as clients are led by it: by what it keeps in its state folder, and by its proxy.
 * @throws HeddleError ERR_STATE when that cannot be read
 */
export async function answeredServices(state: string): Promise<Readonly<Record<string, ServiceView>>> {
  const down = new DownFile(path.join(state, 'down')).read();
  const backends = new Map((await proxied(path.join(state, 'proxy'))).map((one) => [one.name, one]));
  const told = Object.entries(toldView(state)?.services ?? {});
  return Object.fromEntries(
    told.map(([key, service]) => {
      if (isChecked(service)) return [key, judge(service, (target) => down.has(target))];
      const seen = seenByProxy(service, backends);
      return [key, judgeProxied(service, (target) => seen(target) === 'down')];
    }),
  );
}

/** What the proxy of a gateway tells, whatever its kind; nothing when none answers. */
async function proxied(folder: string): Promise<BackendFigures[]> {
  const asked = Object.values(drivers).map((kind) => kind.figures?.(folder).catch(() => []) ?? []);
  return (await Promise.all(asked)).flat();
}

/**
 * The view that a gateway, or the proxy of a node, was told last, by what it keeps in its state folder.
 * @throws HeddleError ERR_STATE when that cannot be read
 */
export function toldView(state: string): SiteView | undefined {
  const store = new ViewStore();
  for (const change of new ViewJournal(path.join(state, 'view')).load().changes) store.restore(change);
  return store.snapshot()?.view;
}
