import path from 'node:path';
import type { Log } from '../../lib/log.ts';
import { Checks } from '../health/checks.ts';
import { judge } from '../health/judge.ts';
import type { Health } from '../health/pulse.ts';
import { isChecked } from '../health/targets.ts';
import type { Message } from '../view/message.ts';
import type { ViewSubscriber } from '../view/subscriber.ts';
import { ViewStore } from '../view/view-store.ts';
import { DownFile } from './down-file.ts';
import { restoreView } from './restore-view.ts';

/** How many services that use a copy are logged by name. */
const namedAtMost = 5;

export interface LiveViewOptions {
  readonly site: string;
  /** Folder where the last good view is kept. */
  readonly state: string;
  /** A copy at another site was connected to, in so many milliseconds. */
  connected(site: string, milliseconds: number): void;
  readonly log: Log;
}

/** The view of a gateway, checked: its store, what its own checks find of the copies, and both on disk. */
export class LiveView {
  readonly store: ViewStore;
  /** Resolves when there is a view. */
  readonly viewed: Promise<void>;
  readonly #options: LiveViewOptions;
  readonly #checks: Checks;

  constructor(options: LiveViewOptions) {
    const { site, state, log } = options;
    this.#options = options;
    const down = new DownFile(path.join(state, 'down'));
    const checks = new Checks({
      down: down.read(),
      connected: (target, milliseconds) => {
        if (target.site !== site) options.connected(target.site, milliseconds);
      },
      changed: (target, isDown, services) => {
        log.warn(
          { target, services: services.length, some: services.slice(0, namedAtMost) },
          isDown
            ? 'health check failed: a copy does not answer'
            : 'health check passed: a copy answers again',
        );
        this.store.judge(services);
        down.write(checks.down());
      },
    });
    this.#checks = checks;
    this.store = new ViewStore({
      set: (key, service) => checks.set(key, service),
      // What a proxy leads to it judges itself: nobody would tell it here when a copy answers again.
      judge: (service) => (isChecked(service) ? judge(service, (target) => checks.isDown(target)) : service),
    });
    const seen = Promise.withResolvers<void>();
    this.viewed = seen.promise;
    this.store.subscribe({ changed: () => seen.resolve() });
  }

  /**
   * Goes on from what was kept, if anything was, and keeps what comes. Whoever subscribed before answers from it before it
   * is kept.
   * @throws HeddleError ERR_STATE
   */
  restore(): void {
    const { site, state, log } = this.#options;
    restoreView(this.store, { site, file: path.join(state, 'view'), log });
  }

  receive(message: Message): void {
    this.store.receive(message);
    const { epoch, version, kind } = message;
    this.#options.log.info({ epoch, version, kind }, 'view updated');
  }

  /** What the checks here say of a copy, by the key of its target. */
  health(target: string): Health {
    return this.#checks.health(target);
  }

  async close(subscribers: readonly Pick<ViewSubscriber, 'stop'>[]): Promise<void> {
    this.#checks.close();
    await Promise.all(subscribers.map((subscriber) => subscriber.stop()));
  }
}
