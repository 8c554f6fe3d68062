import type { ViewChange } from '../view/subscriber.ts';
import type { CurrentView, ServiceView } from '../view/view.ts';
import { type Backend, backendsOf, balancedOf, type ProxySetup, type Routes, routesOf } from './routes.ts';

/** What became different in routes: `all` of them may be, or the servers of these backends and balanced ports alone. */
export type RouteChange = 'all' | { readonly backends: readonly Backend[]; readonly isBalancedElse: boolean };

const nothing: RouteChange = { backends: [], isBalancedElse: false };

/**
 * The routes of a view, kept up to date: where copies alone come, go or move, that costs what changed; what else a service
 * is decides with all others about names and ports.
 */
export class RouteTable {
  #routes: Routes | undefined;
  #setup: ProxySetup | undefined;
  /** Where a backend stands among the others, by name. */
  #places: ReadonlyMap<string, number> = new Map();
  /** The services that the routes are of. */
  readonly #services = new Map<string, ServiceView>();
  /** Of what changed and is not looked at yet; nothing: all. */
  #dirty: Set<string> | undefined;

  /** The routes as of the last update. */
  get routes(): Routes | undefined {
    return this.#routes;
  }

  /** Notes what is to be looked at. */
  touch({ isWhole, set, removed, places }: Pick<ViewChange, 'isWhole' | 'set' | 'removed' | 'places'>): void {
    if (isWhole || places) this.touchAll();
    for (const key of [...removed, ...Object.keys(set)]) this.#dirty?.add(key);
  }

  /** Everything is to be looked at. */
  touchAll(): void {
    this.#dirty = undefined;
  }

  /** Brings the routes up to date. */
  update(view: CurrentView, setup: ProxySetup): RouteChange {
    const dirty = this.#dirty;
    this.#dirty = new Set();
    const isSameSetup = JSON.stringify(setup) === JSON.stringify(this.#setup);
    const moved = this.#routes && isSameSetup && dirty ? this.#movedOf(view, setup, dirty) : undefined;
    if (!moved || !this.#routes) {
      this.#routes = routesOf(view, setup);
      this.#setup = setup;
      this.#places = new Map(this.#routes.backends.map(({ name }, index) => [name, index]));
      this.#services.clear();
      for (const [key, service] of view.services) if (isLed(service, setup)) this.#services.set(key, service);
      return 'all';
    }
    return moved.length === 0 ? nothing : this.#move(this.#routes, view, setup, moved);
  }

  /** The services whose copies alone are others; nothing when something else of one is. */
  #movedOf(view: CurrentView, setup: ProxySetup, dirty: ReadonlySet<string>): string[] | undefined {
    const moved: string[] = [];
    for (const key of dirty) {
      const before = this.#services.get(key);
      const found = view.services.get(key);
      const now = found && isLed(found, setup) ? found : undefined;
      if (!before && !now) continue;
      if (!before || !now || shapeOf(before) !== shapeOf(now)) return undefined;
      if (before !== now) moved.push(key);
    }
    return moved;
  }

  #move(routes: Routes, view: CurrentView, setup: ProxySetup, keys: readonly string[]): RouteChange {
    const backends = new Map<string, Backend>();
    const balanced = new Map(
      routes.balanced.map((one) => [`${one.service} ${one.protocol} ${one.port}`, one]),
    );
    let isBalancedElse = false;
    for (const key of keys) {
      const service = view.services.get(key) as ServiceView;
      this.#services.set(key, service);
      for (const port of service.ports) {
        for (const one of backendsOf(view, service, port, setup)) backends.set(one.name, one);
        const at = `${key} ${port.protocol} ${port.port}`;
        if (!balanced.has(at)) continue;
        balanced.set(at, balancedOf(view, key, service, port, setup));
        isBalancedElse = true;
      }
    }
    const all = [...routes.backends];
    // Of a port that is refused there is no backend.
    const changed = [...backends.values()].filter(({ name }) => this.#places.has(name));
    for (const one of changed) all[this.#places.get(one.name) as number] = one;
    this.#routes = { ...routes, backends: all, balanced: [...balanced.values()] };
    return { backends: changed, isBalancedElse };
  }
}

/** Whether a proxy there has to do with a service. */
function isLed({ steer }: ServiceView, { node }: ProxySetup): boolean {
  return steer === 'gateway' || node !== undefined;
}

function shapeOf({ name, namespace, alias, bySite, ports }: ServiceView): string {
  return JSON.stringify([name, namespace, alias, bySite, ports]);
}
