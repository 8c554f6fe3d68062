import path from 'node:path';
import type { Log } from '../../lib/log.ts';
import type { Message, Snapshot } from '../delivery/messages.ts';
import type { DnsServer } from '../dns/server.ts';
import { Checks } from '../health/checks.ts';
import type { Health } from '../health/pulse.ts';
import type { Follower } from '../view/follower.ts';
import { DownFile } from './down-file.ts';
import { HeldView } from './held-view.ts';
import { JudgedView } from './judged-view.ts';
import { ViewStore } from './view-store.ts';

export interface LiveViewOptions {
  readonly site: string;
  /** Folder where the last good view is kept. */
  readonly state: string;
  readonly server: DnsServer;
  readonly followers: readonly Follower[];
  /** A copy at another site was connected to, in so many milliseconds. */
  connected(site: string, milliseconds: number): void;
  readonly log: Log;
}

/** The view that a gateway answers from: what it was told last, without copies that its own checks find gone. */
export class LiveView {
  readonly held: HeldView;
  /** Resolves when there is one. */
  readonly viewed: Promise<void>;
  readonly #options: LiveViewOptions;
  readonly #judged: JudgedView;
  readonly #checks: Checks;
  readonly #down: DownFile;
  #seen = (): void => {};
  #isLed = false;

  constructor(options: LiveViewOptions) {
    const { site, state, server, log } = options;
    this.#options = options;
    this.#down = new DownFile(path.join(state, 'down'));
    this.#checks = new Checks({
      down: this.#down.read(),
      connected: (target, milliseconds) => {
        if (target.site !== site) options.connected(target.site, milliseconds);
      },
      changed: (target, isDown, services) => {
        log.warn(
          { target, services: services.length },
          isDown ? 'a copy does not answer' : 'a copy answers again',
        );
        this.#rejudge(services);
      },
    });
    this.#judged = new JudgedView(server, (target) => this.#checks.isDown(target));
    this.held = new HeldView(site, this.#judged, new ViewStore(path.join(state, 'view')));
    this.viewed = new Promise((resolve) => {
      this.#seen = resolve;
    });
  }

  /**
   * Answers from what was kept, if anything was.
   * @throws HeddleError ERR_STATE
   */
  recover(): void {
    const problem = this.held.recover();
    if (problem) this.#options.log.warn({ problem }, 'the view that was kept is not whole');
    const told = this.#judged.told();
    if (!told) return;
    this.#checks.follow(told);
    this.#seen();
  }

  /** Answers from a message from now on. */
  take(message: Message): void {
    this.#keep(() => this.held.take(message));
    this.#checks.follow(message);
    const { epoch, version, kind } = message;
    this.#options.log.info({ epoch, version, kind }, 'the view changed');
    this.#seen();
    this.#lead();
  }

  /** The view as it was told, not as it is answered from; nothing before the first. */
  told(): Snapshot | undefined {
    return this.#judged.told();
  }

  /** What the checks here say of a copy, by the key of its target. */
  health(target: string): Health {
    return this.#checks.health(target);
  }

  /** Has all that follows the view look at it from now on: when the gateway has its own ports, which are no service's. */
  lead(): void {
    this.#isLed = true;
    if (this.held.at) this.#lead();
  }

  async close(): Promise<void> {
    this.#checks.close();
    await Promise.all(this.#options.followers.map((follower) => follower.stop()));
  }

  #rejudge(services: readonly string[]): void {
    this.#keep(() => this.held.repeat(this.#judged.services(services)));
    this.#down.write(this.#checks.down());
    this.#lead();
  }

  #lead(): void {
    if (!this.#isLed) return;
    const { followers, server } = this.#options;
    for (const follower of followers) follower.take(() => server.snapshot()?.view);
  }

  #keep(apply: () => void): void {
    try {
      apply();
    } catch (error) {
      const { message } = error as Error;
      this.#options.log.error({ error: message }, 'the view is answered from, but could not be kept');
    }
  }
}
