import type { Message } from './message.ts';
import type { CurrentView } from './view.ts';
import type { SiteChange } from './views.ts';

/** What became different in a view as it holds. */
export interface ViewChange extends SiteChange {
  /** Nothing of before holds: `set` has all services, `places` all places. */
  readonly isWhole: boolean;
  /** Of the zone, since this change; see `serialAfter`. */
  readonly serial: number;
  /** What was received; nothing: only the checks of the gateway found something else, or it is told to a new subscriber. */
  readonly message?: Message;
}

/** What does as the view says: DNS, a proxy, a balancer, the disk. */
export interface ViewSubscriber {
  /**
   * Told of each change; first of all there is, as soon as there is a view. It is to cost what changed, not what there is.
   * @param view with the change; the same object until a change is whole
   */
  changed(change: ViewChange, view: CurrentView): void;
  stop(): Promise<void>;
}
