import type { Copy, EdgeModel, EdgePlaces, EdgeService, ModelChange, Policy } from '../model/model.ts';
import type { Distance } from './choose.ts';
import { stillHolds } from './still-holds.ts';
import {
  chosenSite,
  keptSite,
  type ServiceView,
  type SiteView,
  type ViewPlaces,
  viewService,
} from './view.ts';

/** What changed in the view of one site since it was asked last. */
export interface SiteChange {
  readonly set: Readonly<Record<string, ServiceView>>;
  readonly removed: readonly string[];
  /** Present when places changed. */
  readonly places?: ViewPlaces;
}

export interface Observations {
  distance(from: string, to: string, by: Policy['by']): Distance;
}

/** By site, then by the key of a service: the site whose copies are chosen though others are nearer. */
export type KeptChoices = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * The views of sites, kept up to date: a change of one service costs the sites it is looked at from, whatever else
 * there is. Does no I/O and knows no time.
 */
export class Views {
  readonly #observations: Observations;
  readonly #isWanted: (site: string) => boolean;
  readonly #services = new Map<string, EdgeService>();
  readonly #views = new Map<string, Map<string, ServiceView>>();
  readonly #kept = new Map<string, Map<string, string>>();
  /** As they were asked for last; nothing: they changed since. */
  #keptNow: KeptChoices | undefined;
  #isRecalled = false;
  readonly #dirty = new Map<string, Set<string>>();
  #places: EdgePlaces;
  #placesChanged = new Set<string>();

  /** @param isWanted whether a site's view is; not given: those of all */
  constructor(places: EdgePlaces, observations: Observations, isWanted = (_site: string) => true) {
    this.#observations = observations;
    this.#isWanted = isWanted;
    this.#places = places;
    this.setPlaces(places);
  }

  /** The domain and where things are. */
  get places(): EdgePlaces {
    return this.#places;
  }

  /** All there is now; what is as it was costs a comparison. */
  setModel({ services, ...places }: EdgeModel): void {
    if (differs(this.#places, places)) this.setPlaces(places);
    for (const key of this.#services.keys()) if (!(key in services)) this.setService(key, undefined);
    for (const [key, service] of Object.entries(services)) {
      if (differs(this.#services.get(key), service)) this.setService(key, service);
    }
  }

  /** What sources say became different. */
  apply({ places, services }: ModelChange): void {
    if (places && differs(this.#places, places)) this.setPlaces(places);
    for (const [key, service] of services) {
      if (differs(this.#services.get(key), service)) this.setService(key, service);
    }
  }

  /** Sites and nodes as they are now. Everything is looked at again: places change seldom. */
  setPlaces(places: EdgePlaces): void {
    this.#places = places;
    for (const site of this.#views.keys()) {
      if (site in places.sites) continue;
      this.#views.delete(site);
      this.#kept.delete(site);
      this.#keptNow = undefined;
    }
    for (const site of Object.keys(places.sites).filter(this.#isWanted)) {
      if (!this.#views.has(site)) this.#views.set(site, new Map());
      this.#placesChanged.add(site);
    }
    for (const key of this.#services.keys()) this.#touch(key);
  }

  /** A service as it is now; nothing when it went. */
  setService(key: string, service: EdgeService | undefined): void {
    if (service) this.#services.set(key, service);
    else this.#services.delete(key);
    this.#touch(key);
  }

  /** By site, others that are another distance away from it now: services with copies there are looked at again. */
  measure(changed: ReadonlyMap<string, readonly string[]>): void {
    for (const [site, others] of changed) {
      const away = new Set(others);
      const isThere = ({ node }: Copy) => away.has(this.#places.nodes[node]?.site ?? '');
      for (const [key, { copies }] of this.#services) if (copies.some(isThere)) this.#touch(key, [site]);
    }
  }

  /** Takes choices of before, of another run or another controller's: all is chosen anew from them. */
  recall(kept: KeptChoices): void {
    this.#isRecalled = true;
    this.#keptNow = undefined;
    this.#kept.clear();
    for (const view of this.#views.values()) view.clear();
    for (const key of this.#services.keys()) this.#touch(key);
    for (const [site, choices] of Object.entries(kept))
      if (this.#views.has(site)) this.#kept.set(site, new Map(Object.entries(choices)));
  }

  /** Choices that are not to be seen from distances alone, as of the last changes: the same object while they are the same. */
  kept(): KeptChoices {
    const some = () => [...this.#kept].filter(([, choices]) => choices.size > 0);
    this.#keptNow ??= Object.fromEntries(
      some().map(([site, choices]) => [site, Object.fromEntries(choices)]),
    );
    return this.#keptNow;
  }

  /** What changed since the last call, by site; sites without a change are left out. */
  changes(): Map<string, SiteChange> {
    const result = new Map<string, SiteChange>();
    for (const [site, view] of this.#views) {
      const { set, removed } = this.#lookAt(site, view);
      const moved = this.#placesChanged.has(site);
      if (moved || removed.length > 0 || Object.keys(set).length > 0) {
        result.set(site, { set, removed, ...(moved && { places: this.#placesNow() }) });
      }
    }
    if (this.#isRecalled) this.#forget();
    this.#dirty.clear();
    this.#placesChanged.clear();
    return result;
  }

  /** Looks at what something touched. */
  #lookAt(site: string, view: Map<string, ServiceView>): Pick<SiteChange, 'set' | 'removed'> {
    const set: Record<string, ServiceView> = {};
    const removed: string[] = [];
    for (const key of this.#dirty.get(site) ?? []) {
      const before = view.get(key);
      const now = this.#view(site, key, before);
      if (!now) {
        if (view.delete(key)) removed.push(key);
        this.#keep(site, key, undefined);
      } else if (differs(before, now) && !(before && stillHolds(before, now))) {
        view.set(key, now);
        set[key] = now;
        this.#keep(site, key, keptSite(now));
      }
    }
    return { set, removed };
  }

  /** The whole view of a site as of the last changes. */
  siteView(site: string): SiteView {
    return {
      domain: this.#places.domain,
      site,
      ...this.#placesNow(),
      services: Object.fromEntries(this.#views.get(site) ?? []),
    };
  }

  #view(site: string, key: string, before: ServiceView | undefined): ServiceView | undefined {
    const service = this.#services.get(key);
    if (!service) return undefined;
    return viewService(this.#places, service, {
      site,
      distanceTo: (to, by) => this.#observations.distance(site, to, by),
      current: before ? chosenSite(before) : this.#kept.get(site)?.get(key),
    });
  }

  /** What was recalled of services that are there no more is nobody's. */
  #forget(): void {
    for (const [site, choices] of this.#kept)
      for (const key of choices.keys()) if (!this.#views.get(site)?.has(key)) choices.delete(key);
    this.#keptNow = undefined;
    this.#isRecalled = false;
  }

  #keep(site: string, key: string, kept: string | undefined): void {
    const choices = this.#kept.get(site);
    if (choices?.get(key) === kept) return;
    this.#keptNow = undefined;
    if (kept === undefined) choices?.delete(key);
    else if (choices) choices.set(key, kept);
    else this.#kept.set(site, new Map([[key, kept]]));
  }

  #placesNow(): ViewPlaces {
    const { sites, nodes, caa } = this.#places;
    const clients = Object.values(sites).flatMap((site) =>
      site.clients ? [[site.name, site.clients] as const] : [],
    );
    return {
      gateways: Object.fromEntries(Object.entries(sites).map(([name, { gateway }]) => [name, gateway])),
      nodes: Object.fromEntries(Object.entries(nodes).map(([name, { addresses }]) => [name, addresses])),
      caa,
      ...(clients.length > 0 && { clients: Object.fromEntries(clients) }),
    };
  }

  #touch(key: string, sites: Iterable<string> = this.#views.keys()): void {
    for (const site of sites) {
      const dirty = this.#dirty.get(site) ?? new Set();
      this.#dirty.set(site, dirty.add(key));
    }
  }
}

function differs(a: unknown, b: unknown): boolean {
  return a !== b && JSON.stringify(a) !== JSON.stringify(b);
}
