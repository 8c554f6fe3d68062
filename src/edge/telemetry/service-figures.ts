import { judge, judgeProxied } from '../health/judge.ts';
import type { Health } from '../health/pulse.ts';
import { isChecked, targetOf } from '../health/targets.ts';
import type { BackendFigures } from '../proxy/figures.ts';
import { seenByProxy } from '../proxy/seen.ts';
import type { ServiceView } from '../view/view.ts';

/** What a gateway sees of a service. */
export interface ServiceFigures {
  /** `shop/web`. */
  readonly service: string;
  /** Copies that could be led to, by whether they answer; `unknown`: nobody here checks them, or they never answered. */
  readonly copies: Readonly<Record<'alive' | 'down' | 'unknown', number>>;
  /** Copies that clients are led to, by site. */
  readonly led: ReadonlyMap<string, number>;
}

/**
 * Looks at a service as it was told. Pure.
 * @param checked what the gateway's own checks say, by the key of a target
 * @param backends what its proxy says, by name
 */
export function serviceFigures(
  service: string,
  view: ServiceView,
  checked: (target: string) => Health,
  backends: ReadonlyMap<string, BackendFigures>,
): ServiceFigures {
  const [health, judged] = isChecked(view)
    ? ([checked, judge] as const)
    : ([seenByProxy(view, backends), judgeProxied] as const);
  const copies = { alive: 0, down: 0, unknown: 0 };
  for (const copy of view.copies) {
    if (copy.verdict === 'out') continue;
    const is = health(targetOf(view, copy)?.key ?? '');
    copies[is === 'up' ? 'alive' : (is ?? 'unknown')]++;
  }
  const led = new Map<string, number>();
  for (const { verdict, site } of judged(view, (target) => health(target) === 'down').copies)
    if (verdict === 'chosen') led.set(site, (led.get(site) ?? 0) + 1);
  return { service, copies, led };
}
