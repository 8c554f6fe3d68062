import type { CurrentView, ServiceView, ViewPlaces } from '../view/view.ts';
import type { SiteChange } from '../view/views.ts';
import { apexRecords, ownTtl, serverName, soaRecord } from './apex.ts';
import { type Body, negativeBody, positiveBody, type ZoneRecord } from './body.ts';
import { NameTree } from './name-tree.ts';
import {
  addressRecords,
  type EdgeRecord,
  placeRecords,
  placesOf,
  serviceRecords,
  type ViewPlacesFrom,
} from './records.ts';
import { isWithin, rcode, recordType, wireName } from './wire.ts';

/** Seconds that what may be out of date is to be kept at most (RFC 8767, 5). */
const staleTtl = 30;

/**
 * The zone of one site in memory, made from a view and changed as that does: a change costs what changed, not what there is. Encoded answers are kept with the names they belong to, and go with them. Does no I/O.
 */
export class Zone {
  readonly domain: string;
  readonly site: string;
  readonly #wire: string;
  readonly #names: NameTree;
  readonly #services = new Map<string, ServiceView>();
  /** The services whose records depend on a node, or on a site's gateway. */
  readonly #dependents = new Map<string, Set<string>>();
  /** Relative to the domain, by who gives them: a service, or a place. */
  readonly #given = new Map<string, readonly string[]>();
  #places: ViewPlaces = { gateways: {}, nodes: {}, caa: [] };
  #serial: number;
  #stale = false;
  /** By length of the question's name, which their pointers depend on. */
  #nodata: Body[] = [];
  #nameErrors: Body[] = [];

  /**
   * @param serial see `serialAfter`
   * @param touched told of each name, as `wireName` writes it, whose records may be others
   */
  constructor(view: CurrentView, serial: number, touched?: (name: string) => void) {
    this.#serial = serial;
    this.domain = view.domain;
    this.site = view.site;
    this.#wire = wireName(view.domain) ?? '\0';
    this.#names = new NameTree(this.#wire, touched);
    this.#setPlaces(view);
    for (const [key, service] of view.services) this.#setService(key, service);
    this.#stamp();
  }

  /** How many names there are, those between others included. */
  get size(): number {
    return this.#names.size;
  }

  get serial(): number {
    return this.#serial;
  }

  get stale(): boolean {
    return this.#stale;
  }

  /** Changes what became different in the view. */
  apply({ set, removed, places }: SiteChange, serial: number): void {
    if (places) this.#setPlaces(places);
    for (const key of removed) this.#setService(key, undefined);
    for (const [key, service] of Object.entries(set)) this.#setService(key, service);
    this.#serial = serial;
    this.#stamp();
  }

  /** While the gateway is cut off, answers may be out of date, and nobody is to keep them for long. */
  setStale(stale: boolean): void {
    if (stale === this.#stale) return;
    this.#stale = stale;
    this.#names.forgetBodies();
  }

  /** What to answer for a name, as `wireName` writes it, and a type; nothing when the name is not of this domain. */
  find(name: string, type: number): Body | undefined {
    const entry = this.#names.get(name);
    if (!entry) return isWithin(name, this.#wire) ? this.#negative(name, rcode.nameError) : undefined;
    const kept = entry.body(type);
    if (kept) return kept;
    const records = entry.records(type);
    if (records.length === 0) return this.#negative(name, rcode.noError);
    const limitTtl = (ttl: number) => (this.#stale ? Math.min(ttl, staleTtl) : ttl);
    const body = positiveBody(this.#asked(name), records, limitTtl, this.#additional(records));
    entry.keep(type, body);
    return body;
  }

  /** The records of a name, as `wireName` writes it, and a type. */
  records(name: string, type: number): readonly ZoneRecord[] {
    return this.#names.get(name)?.records(type) ?? [];
  }

  #asked(name: string) {
    return { nameLength: name.length, domainLength: this.#wire.length, domain: this.domain };
  }

  #negative(name: string, code: number): Body {
    const bodies = code === rcode.nameError ? this.#nameErrors : this.#nodata;
    const kept = bodies[name.length];
    if (kept) return kept;
    const body = negativeBody(this.#asked(name), code, soaRecord(this.domain, this.#serial));
    bodies[name.length] = body;
    return body;
  }

  /** The addresses of what SRV records lead to. */
  #additional(records: readonly ZoneRecord[]): ReadonlyMap<string, readonly ZoneRecord[]> {
    const found = new Map<string, readonly ZoneRecord[]>();
    for (const record of records) {
      if (record.type !== 'SRV') continue;
      const entry = this.#names.get(this.#absolute(record.data.target) ?? '');
      if (entry)
        found.set(record.data.target, [...entry.records(recordType.A), ...entry.records(recordType.AAAA)]);
    }
    return found;
  }

  #setService(key: string, service: ServiceView | undefined): void {
    const giver = `service ${key}`;
    const before = this.#services.get(key);
    if (before) for (const place of placesOf(before, this.site)) this.#dependents.get(place)?.delete(key);
    if (!service) {
      this.#services.delete(key);
      this.#give(giver, new Map());
      return;
    }
    this.#services.set(key, service);
    for (const place of placesOf(service, this.site)) {
      const dependents = this.#dependents.get(place);
      if (dependents) dependents.add(key);
      else this.#dependents.set(place, new Set([key]));
    }
    this.#give(giver, serviceRecords(this.#here(), service));
  }

  #setPlaces({ gateways, nodes, clients, caa }: ViewPlaces): void {
    const before = this.#places;
    this.#places = { gateways, nodes, caa, ...(clients && { clients }) };
    const changed = [
      ...changedKeys(before.gateways, gateways).map((name) => `gateway ${name}`),
      ...changedKeys(before.nodes, nodes).map((name) => `node ${name}`),
    ];
    if (changed.length > 0) this.#give('places', placeRecords(this.#here()));
    const affected = new Set(changed.flatMap((place) => [...(this.#dependents.get(place) ?? [])]));
    for (const key of affected) this.#setService(key, this.#services.get(key));
  }

  /** Replaces all that somebody gives to the zone. What is too long for a name of DNS cannot be asked for. */
  #give(giver: string, records: ReadonlyMap<string, readonly EdgeRecord[]>): void {
    for (const name of this.#given.get(giver) ?? []) {
      if (!records.has(name)) this.#names.remove(this.#absolute(name) ?? '', giver);
    }
    for (const [name, list] of records) {
      const wire = this.#absolute(name);
      const isAskable = (one: EdgeRecord) => this.#isAskable(one);
      const kept = list.every(isAskable) ? list : list.filter(isAskable);
      if (wire !== undefined) this.#names.set(wire, giver, kept);
    }
    if (records.size > 0) this.#given.set(giver, [...records.keys()]);
    else this.#given.delete(giver);
  }

  #isAskable(record: EdgeRecord): boolean {
    return record.type !== 'SRV' || this.#absolute(record.data.target) !== undefined;
  }

  #absolute(name: string): string | undefined {
    return wireName(name, this.#wire);
  }

  #here(): ViewPlacesFrom {
    return { site: this.site, ...this.#places };
  }

  /** What is different with every change: the SOA, and what repeats it. */
  #stamp(): void {
    this.#nodata = [];
    this.#nameErrors = [];
    this.#names.set(this.#wire, 'zone', apexRecords(this.domain, this.#serial, this.#places.caa));
    const own = addressRecords(this.#places.gateways[this.site] ?? [], ownTtl);
    this.#names.set(this.#absolute(serverName) ?? '', 'zone', own);
  }
}

function changedKeys(
  before: Readonly<Record<string, readonly string[]>>,
  after: Readonly<Record<string, readonly string[]>>,
): string[] {
  return Object.keys({ ...before, ...after }).filter(
    (key) => before[key]?.join() !== after[key]?.join() || !(key in before) || !(key in after),
  );
}
