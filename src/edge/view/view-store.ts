import { HeddleError } from '../../lib/errors.ts';
import { canonicalJson } from '../../lib/hash.ts';
import type { Delta, Message, Snapshot, Stamp } from './message.ts';
import { serialAfter } from './serial.ts';
import type { ViewChange, ViewSubscriber } from './subscriber.ts';
import type { CurrentView, ServiceView, ViewPlaces } from './view.ts';
import type { SiteChange } from './views.ts';

/** What is found out where the view is used. */
export interface ServiceChecks {
  /** Looks after a service as it was received; nothing: it went. */
  set(key: string, service: ServiceView | undefined): void;
  /** A service as it holds by what is known of its copies. */
  judge(service: ServiceView): ServiceView;
}

/** A message that was received, and the zone's serial since; without a message, checks alone made it another zone. */
export interface StoredChange {
  readonly serial: number;
  readonly message?: Message;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const noChecks: ServiceChecks = { set: () => {}, judge: (service) => service };
const nothing: SiteChange = { set: {}, removed: [] };

/**
 * The view of a gateway, or of the proxy of a node: what was received, and what holds after its own checks. Tells its
 * subscribers what became different; a change costs what changed. Does no I/O.
 */
export class ViewStore {
  readonly #checks: ServiceChecks;
  readonly #now: () => number;
  readonly #subscribers: Pick<ViewSubscriber, 'changed'>[] = [];
  /** Those that failed to take the last change: all is told to them with the next. */
  readonly #behind = new Set<Pick<ViewSubscriber, 'changed'>>();
  readonly #received = new Map<string, ServiceView>();
  #view: (Mutable<CurrentView> & { readonly services: Map<string, ServiceView> }) | undefined;
  #at: Stamp | undefined;
  #time: number | undefined;
  #serial: number | undefined;

  /** @param now milliseconds since 1970 */
  constructor(checks: ServiceChecks = noChecks, now: () => number = () => Date.now()) {
    this.#checks = checks;
    this.#now = now;
  }

  /** The view as it holds; nothing before the first. */
  get view(): CurrentView | undefined {
    return this.#view;
  }

  /** The services as they were received, by key. */
  get received(): ReadonlyMap<string, ServiceView> {
    return this.#received;
  }

  /** Where the view stands; nothing while there is none. */
  get at(): Stamp | undefined {
    return this.#at;
  }

  /** When it was published, milliseconds since 1970 by the controller's clock; nothing: that is not known. */
  get time(): number | undefined {
    return this.#time;
  }

  /** The zone's serial; 0 while there is no view. */
  get serial(): number {
    return this.#serial ?? 0;
  }

  /** All as it was received; nothing before the first view. Costs what there is. */
  snapshot(): Snapshot | undefined {
    if (!this.#view || !this.#at) return undefined;
    const time = this.#time === undefined ? {} : { time: this.#time };
    const view = { ...this.#view, services: Object.fromEntries(this.#received) };
    return { kind: 'snapshot', ...this.#at, ...time, view };
  }

  /** Tells of each change from now on, and of all there is at once. */
  subscribe(subscriber: Pick<ViewSubscriber, 'changed'>): void {
    this.#subscribers.push(subscriber);
    const view = this.#view;
    if (!view) return;
    subscriber.changed({ ...this.#whole(view), isWhole: true, serial: this.serial }, view);
  }

  /**
   * Takes a message; a delta has to follow what was taken last. A snapshot of what is there already leaves the serial as it
   * is, and tells of what is different in it only.
   * @throws HeddleError ERR_INTERNAL for a delta of another site, or without a snapshot before it
   */
  receive(message: Message): void {
    this.#take(message, undefined);
  }

  /** Takes what was kept of an earlier run. */
  restore({ message, serial }: StoredChange): void {
    if (message) this.#take(message, serial);
    else this.#serial = serial;
  }

  /** What the checks found of these services is something else now. */
  judge(keys: readonly string[]): void {
    const set: Record<string, ServiceView> = {};
    for (const key of keys) {
      const service = this.#received.get(key);
      if (service) set[key] = this.#checks.judge(service);
    }
    if (Object.keys(set).length > 0)
      this.#notify({ set, removed: [] }, { isWhole: false, serial: this.#nextSerial() });
  }

  #take(message: Message, serial: number | undefined): void {
    const isWhole = message.kind === 'snapshot' && !this.#isOfSame(message);
    const before = isWhole ? this.#begin(message) : [];
    const change = message.kind === 'snapshot' ? this.#difference(message, isWhole) : this.#checked(message);
    const { epoch, version, time } = message;
    this.#at = { epoch, version };
    this.#time = time;
    const isHeld = message.kind === 'snapshot' && !isWhole && isNothing(change);
    const next = serial ?? (isHeld ? this.serial : this.#nextSerial());
    const held = this.#accept(change);
    for (const key of before) if (!this.#received.has(key)) this.#checks.set(key, undefined);
    this.#notify(held, { isWhole, serial: next, message });
  }

  #isOfSame({ view }: Snapshot): boolean {
    return view.domain === this.#view?.domain && view.site === this.#view.site;
  }

  /** @returns the services that there were */
  #begin({ view: { services: _, ...rest } }: Snapshot): string[] {
    const before = [...this.#received.keys()];
    this.#received.clear();
    this.#view = { ...rest, services: new Map() };
    return before;
  }

  /** What a snapshot says that is not there. */
  #difference({ view: { services, ...rest } }: Snapshot, isWhole: boolean): SiteChange {
    if (!this.#view) return nothing;
    const others = Object.entries(services).filter(([key, service]) => {
      const held = this.#received.get(key);
      return !held || canonicalJson(held) !== canonicalJson(service);
    });
    const removed = [...this.#received.keys()].filter((key) => !Object.hasOwn(services, key));
    const places = placesOf(rest);
    const isMoved = isWhole || canonicalJson(places) !== canonicalJson(placesOf(this.#view));
    return { set: Object.fromEntries(others), removed, ...(isMoved && { places }) };
  }

  #checked({ site, set, removed, places }: Delta): SiteChange {
    if (this.#view?.site === site) return { set, removed, ...(places && { places }) };
    const held = this.#view ? `the view of ${this.#view.site}` : 'no view';
    throw new HeddleError('ERR_INTERNAL', `a change of the view of ${site} came, but there is ${held}`);
  }

  /** @returns the change as it holds */
  #accept({ set, removed, places }: SiteChange): SiteChange {
    for (const key of removed) this.#received.delete(key);
    for (const [key, service] of Object.entries(set)) {
      this.#received.set(key, service);
      this.#checks.set(key, service);
    }
    // Last, so that what is known of a copy stays known when another service has it now.
    for (const key of removed) if (!this.#received.has(key)) this.#checks.set(key, undefined);
    const held = Object.fromEntries(
      Object.entries(set).map(([key, service]) => [key, this.#checks.judge(service)]),
    );
    return { set: held, removed, ...(places && { places }) };
  }

  #notify(change: SiteChange, about: Pick<ViewChange, 'isWhole' | 'serial' | 'message'>): void {
    const view = this.#view;
    if (!view) return;
    this.#serial = about.serial;
    if (change.places) {
      delete view.clients;
      Object.assign(view, change.places);
    }
    for (const key of change.removed) view.services.delete(key);
    for (const [key, service] of Object.entries(change.set)) view.services.set(key, service);
    const failed: unknown[] = [];
    for (const subscriber of this.#subscribers) {
      try {
        const isBehind = this.#behind.delete(subscriber);
        subscriber.changed(
          isBehind ? { ...this.#whole(view), ...about, isWhole: true } : { ...change, ...about },
          view,
        );
      } catch (error) {
        this.#behind.add(subscriber);
        failed.push(error);
      }
    }
    if (failed.length > 0) throw failed[0];
  }

  #whole(view: CurrentView): SiteChange {
    return { set: Object.fromEntries(view.services), removed: [], places: placesOf(view) };
  }

  #nextSerial(): number {
    return serialAfter(this.#serial, this.#now() / 1000);
  }
}

function placesOf({ gateways, nodes, clients, caa }: ViewPlaces): ViewPlaces {
  return { gateways, nodes, caa, ...(clients && { clients }) };
}

function isNothing({ set, removed, places }: SiteChange): boolean {
  return !places && removed.length === 0 && Object.keys(set).length === 0;
}
