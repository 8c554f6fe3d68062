import type { Log } from '../../lib/log.ts';
import { Echo } from './echo/echo.ts';
import type { EchoPeers } from './echo/keys.ts';
import { type Report, Row } from './row.ts';

/** Milliseconds between two looks at whether there is something to tell. */
const lookEvery = 1000;

export interface MeasuringOptions {
  readonly site: string;
  /** Addresses that echoes leave from and come to. */
  readonly addresses: readonly string[];
  /** Told what was measured, whenever that changed. */
  tell(report: Report): void;
  readonly log: Log;
}

/** A gateway’s measuring of how far other sites are: by echoes to their gateways, and by what its proxy sees. */
export class Measuring {
  readonly #options: MeasuringOptions;
  readonly #row = new Row();
  readonly #timer: NodeJS.Timeout;
  #told = this.#row.report(0);
  #echo: Promise<Echo | undefined> | undefined;

  constructor(options: MeasuringOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#look(), lookEvery);
  }

  /** Whom to measure from now on. The first time, it begins to listen; when it cannot, it says so and goes without. */
  async setPeers(peers: EchoPeers): Promise<void> {
    this.#row.keep(new Set(Object.keys(peers.peers)));
    this.#echo ??= this.#open();
    const echo = await this.#echo;
    echo?.setPeers(peers);
  }

  /** A proxy connected to a copy at a site, and the handshake took so many milliseconds. */
  connected(site: string, milliseconds: number): void {
    this.#row.add(site, milliseconds, performance.now());
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
        echoed: ({ peer, milliseconds, coordinate }, now, chance) =>
          this.#row.add(peer, milliseconds, now, coordinate, chance),
      });
    } catch (error) {
      log.warn({ problem: (error as Error).message }, 'distances are not measured');
      return undefined;
    }
  }

  #look(): void {
    const report = this.#row.report(performance.now());
    if (report === this.#told) return;
    this.#told = report;
    this.#options.tell(report);
  }
}
