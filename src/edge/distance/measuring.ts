import type { Log } from '../../lib/log.ts';
import { Echo } from './echo/echo.ts';
import type { EchoPeers } from './echo/keys.ts';
import type { Figure } from './recent.ts';
import { type DistanceReport, Row } from './row.ts';

/** Milliseconds between two looks at whether there is something to tell. */
const lookEvery = 1000;

/** How another site is seen. */
export interface PeerFigures {
  readonly site: string;
  /** As it was told last; nothing while too little was measured. */
  readonly figure?: Figure;
  /** Milliseconds since its gateway answered; since it is known, if it never did. */
  readonly silence: number;
}

export interface MeasuringOptions {
  readonly site: string;
  /** Addresses that echoes leave from and come to. */
  readonly addresses: readonly string[];
  /** Told what was measured, whenever that changed. */
  report(report: DistanceReport): void;
  readonly log: Log;
}

/** A gateway’s measuring of how far other sites are: by echoes to their gateways, and by connections to copies. */
export class Measuring {
  readonly #options: MeasuringOptions;
  readonly #row = new Row();
  readonly #timer: NodeJS.Timeout;
  #reported = this.#row.report(0);
  /** When each peer was heard last, or is one, on the clock of `performance.now()`. */
  #lastSeen = new Map<string, number>();
  /** Nothing is asked: nobody is silent. */
  #isOff = false;
  #echo: Promise<Echo | undefined> | undefined;

  constructor(options: MeasuringOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#look(), lookEvery);
  }

  /** Whom to measure from now on. The first time, it begins to listen; when it cannot, it says so and goes without. */
  async setPeers(peers: EchoPeers): Promise<void> {
    const sites = Object.keys(peers.peers);
    this.#row.keep(new Set(sites));
    const now = performance.now();
    this.#lastSeen = new Map(sites.map((site) => [site, this.#lastSeen.get(site) ?? now]));
    this.#echo ??= this.#open();
    const echo = await this.#echo;
    echo?.setPeers(peers);
  }

  /** A copy at a site was connected to, in so many milliseconds. */
  connected(site: string, milliseconds: number): void {
    this.#row.connected(site, milliseconds, performance.now());
  }

  /** What is known of each other site. */
  peers(): PeerFigures[] {
    const now = performance.now();
    if (this.#isOff) return [];
    return [...this.#lastSeen].map(([site, lastSeen]) => {
      const figure = this.#reported.row[site];
      return { site, silence: now - lastSeen, ...(figure && { figure }) };
    });
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    const echo = await this.#echo;
    await echo?.close();
  }

  async #open(): Promise<Echo | undefined> {
    const { site, addresses, log } = this.#options;
    try {
      return await Echo.open(site, addresses, {
        coordinate: () => this.#row.coordinate,
        echoed: ({ peer, milliseconds, coordinate }, now, chance) => {
          this.#row.add(peer, milliseconds, now, coordinate, chance);
          if (this.#lastSeen.has(peer)) this.#lastSeen.set(peer, now);
        },
      });
    } catch (error) {
      log.warn(
        { problem: (error as Error).message },
        'distance measurement is off: its UDP port cannot be opened',
      );
      this.#isOff = true;
      return undefined;
    }
  }

  #look(): void {
    const report = this.#row.report(performance.now());
    if (report === this.#reported) return;
    this.#reported = report;
    this.#options.report(report);
  }
}
