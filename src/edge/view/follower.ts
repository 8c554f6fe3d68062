import type { SiteView } from '../view/view.ts';

/** What does as the view says beside DNS, now and when it changes: a proxy, a balancer. */
export interface Follower {
  /** Asks for the view whenever there is time for it; before the first there is none. */
  take(view: () => SiteView | undefined): void;
  stop(): Promise<void>;
}
