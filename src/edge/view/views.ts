import type { EdgeModel, EdgeService } from '../model.ts';
import { isReserved } from '../names.ts';
import type { Distance, HealthOf } from './choose.ts';
import { chosenSite, type ServiceView, type SiteView, viewService } from './view.ts';

/** What changed in the view of one site since it was asked last. */
export interface SiteChange {
  readonly set: Readonly<Record<string, ServiceView>>;
  readonly removed: readonly string[];
  readonly places?: Pick<SiteView, 'gateways' | 'nodes'>;
}

export interface Observations {
  distance(from: string, to: string): Distance;
  health(from: string, service: string): HealthOf;
}

/**
 * The views of all sites, kept up to date: a change of one service costs the sites it is looked at from, whatever else
 * there is. Does no I/O and knows no time.
 */
export class Views {
  readonly #observations: Observations;
  readonly #services = new Map<string, EdgeService>();
  /** Services by name, and nodes: who has a short name is who has it alone. */
  readonly #claims = new Map<string, Set<string>>();
  readonly #views = new Map<string, Map<string, ServiceView>>();
  readonly #dirty = new Map<string, Set<string>>();
  #places: Pick<EdgeModel, 'domain' | 'sites' | 'nodes'>;
  #placesChanged = new Set<string>();

  constructor(places: Pick<EdgeModel, 'domain' | 'sites' | 'nodes'>, observations: Observations) {
    this.#observations = observations;
    this.#places = { domain: places.domain, sites: {}, nodes: {} };
    this.setPlaces(places);
  }

  /** Sites and nodes as they are now. Everything is looked at again: places change seldom. */
  setPlaces(places: Pick<EdgeModel, 'domain' | 'sites' | 'nodes'>): void {
    for (const node of Object.keys(this.#places.nodes)) this.#disclaim(node, `node ${node}`);
    this.#places = places;
    for (const site of this.#views.keys()) if (!(site in places.sites)) this.#views.delete(site);
    for (const site of Object.keys(places.sites)) {
      if (!this.#views.has(site)) this.#views.set(site, new Map());
      this.#placesChanged.add(site);
    }
    for (const node of Object.keys(places.nodes)) this.#claim(node, `node ${node}`);
    for (const key of this.#services.keys()) this.#touch(key);
  }

  /** A service as it is now; nothing when it went. */
  setService(key: string, service: EdgeService | undefined): void {
    const before = this.#services.get(key);
    if (before && before.name !== service?.name) this.#disclaim(before.name, key);
    if (service) this.#services.set(key, service);
    else this.#services.delete(key);
    if (service && before?.name !== service.name) this.#claim(service.name, key);
    this.#touch(key);
  }

  /** The distances from a site, or what its checks say of a service, are others now. */
  look(site: string, services: Iterable<string> = this.#services.keys()): void {
    for (const key of services) this.#touch(key, [site]);
  }

  /** What changed since the last call, by site; sites without a change are left out. */
  changes(): Map<string, SiteChange> {
    const result = new Map<string, SiteChange>();
    for (const [site, view] of this.#views) {
      const set: Record<string, ServiceView> = {};
      const removed: string[] = [];
      for (const key of this.#dirty.get(site) ?? []) {
        const before = view.get(key);
        const now = this.#view(site, key, before);
        if (!now) {
          if (view.delete(key)) removed.push(key);
        } else if (!before || JSON.stringify(before) !== JSON.stringify(now)) {
          view.set(key, now);
          set[key] = now;
        }
      }
      const moved = this.#placesChanged.has(site);
      if (moved || removed.length > 0 || Object.keys(set).length > 0) {
        result.set(site, { set, removed, ...(moved && { places: this.#placesNow() }) });
      }
    }
    this.#dirty.clear();
    this.#placesChanged.clear();
    return result;
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
    return viewService(
      this.#places,
      service,
      this.#hasAlias(service.name),
      site,
      (to) => this.#observations.distance(site, to),
      this.#observations.health(site, key),
      before && chosenSite(before),
    );
  }

  #placesNow(): Pick<SiteView, 'gateways' | 'nodes'> {
    const { sites, nodes } = this.#places;
    return {
      gateways: Object.fromEntries(Object.entries(sites).map(([name, { gateway }]) => [name, gateway])),
      nodes: Object.fromEntries(Object.entries(nodes).map(([name, { addresses }]) => [name, addresses])),
    };
  }

  #hasAlias(name: string): boolean {
    return !isReserved(name) && this.#claims.get(name)?.size === 1;
  }

  #claim(name: string, by: string): void {
    const claims = this.#claims.get(name) ?? new Set();
    this.#claims.set(name, claims.add(by));
    this.#touchClaimants(claims);
  }

  #disclaim(name: string, by: string): void {
    const claims = this.#claims.get(name);
    if (!claims) return;
    claims.delete(by);
    if (claims.size === 0) this.#claims.delete(name);
    this.#touchClaimants(claims);
  }

  /** Whoever shares a name may gain the short one by another's leaving, or lose it by another's coming. */
  #touchClaimants(claims: ReadonlySet<string>): void {
    for (const key of claims) if (this.#services.has(key)) this.#touch(key);
  }

  #touch(key: string, sites: Iterable<string> = this.#views.keys()): void {
    for (const site of sites) {
      const dirty = this.#dirty.get(site) ?? new Set();
      this.#dirty.set(site, dirty.add(key));
    }
  }
}
