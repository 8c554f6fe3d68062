import { setImmediate as turn } from 'node:timers/promises';
import { type Clock, systemClock } from '../../lib/clock.ts';
import { Histogram } from '../../lib/histogram.ts';
import type { PeerFigures } from '../distance/measuring.ts';
import type { DnsServer } from '../dns/server.ts';
import type { Health } from '../health/pulse.ts';
import type { BackendFigures } from '../proxy/figures.ts';
import type { SiteProxy } from '../proxy/site-proxy.ts';
import type { GatewayFigures } from '../telemetry/gateway-families.ts';
import { readInterfaces } from '../telemetry/interfaces.ts';
import { type ServiceFigures, serviceFigures } from '../telemetry/service-figures.ts';
import type { ServiceView } from '../view/view.ts';
import type { ViewStore } from '../view/view-store.ts';
import type { Feed } from './feed.ts';

/** Seconds. */
const convergenceBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** Services after which others have their turn. */
const servicesAtOnce = 500;

export interface Watched {
  readonly server: Pick<DnsServer, 'stats' | 'queries' | 'answering'>;
  readonly store: Pick<ViewStore, 'at' | 'time' | 'received'>;
  /** What the gateway's own checks say of a copy, by the key of its target. */
  readonly health: (target: string) => Health;
  readonly peers: () => readonly PeerFigures[];
  readonly proxy: Pick<SiteProxy, 'figures' | 'certificates'> | undefined;
  readonly feed: Pick<Feed, 'certificate'>;
}

/** Notes what happens to a gateway, and gathers what there is to be shown when somebody asks. */
export class GatewayWatch {
  readonly #watched: Watched;
  readonly #clock: Clock;
  #convergence: Histogram | undefined;
  #early = 0;
  #changedAt: number | undefined;
  #isCutOff: boolean | undefined;
  /** When the view was known to be up to date last, while that is over; on the steady clock. */
  #goodAt: number | undefined;

  constructor(watched: Watched, clock: Clock = systemClock) {
    this.#watched = watched;
    this.#clock = clock;
  }

  changed(): void {
    this.#changedAt = this.#clock.wall();
  }

  cutOff(isCutOff: boolean): void {
    if (isCutOff && this.#isCutOff === false) this.#goodAt = this.#clock.steady();
    this.#isCutOff = isCutOff;
    this.#convergence ??= new Histogram(convergenceBounds);
  }

  converged(milliseconds: number): void {
    if (milliseconds < 0) this.#early++;
    this.#convergence?.add(Math.max(0, milliseconds) / 1000);
  }

  async figures(): Promise<GatewayFigures> {
    const { server, store, peers, proxy: asked, feed } = this.#watched;
    const proxy = await asked?.figures();
    return {
      dns: { stats: server.stats(), queries: server.queries(), answering: server.answering() },
      view: {
        at: store.at,
        changedAt: this.#changedAt === undefined ? undefined : this.#changedAt / 1000,
        cutOff: this.#isCutOff,
        age: this.#age(store.time),
        convergence: this.#convergence?.read(),
        early: this.#early,
      },
      services: await this.#services(store.received, proxy?.backends ?? []),
      peers: peers(),
      proxy,
      certificates: [feed.certificate?.() ?? [], asked?.certificates ?? []].flat(),
      interfaces: readInterfaces(),
    };
  }

  #age(published: number | undefined): number | undefined {
    if (!this.#isCutOff) return this.#isCutOff === undefined ? undefined : 0;
    if (this.#goodAt !== undefined) return (this.#clock.steady() - this.#goodAt) / 1000;
    // Of one that was kept by an earlier process, there is only what the controller's clock said.
    return published === undefined ? undefined : Math.max(0, this.#clock.wall() - published) / 1000;
  }

  async #services(
    received: ReadonlyMap<string, ServiceView>,
    backends: readonly BackendFigures[],
  ): Promise<ServiceFigures[]> {
    const { health } = this.#watched;
    const byName = new Map(backends.map((backend) => [backend.name, backend]));
    const figures: ServiceFigures[] = [];
    // As it is now: it may become another one in between.
    for (const [key, service] of [...received]) {
      figures.push(serviceFigures(key, service, health, byName));
      if (figures.length % servicesAtOnce === 0) await turn();
    }
    return figures;
  }
}
