import type { SiteView } from './view.ts';
import type { SiteChange } from './views.ts';

/**
 * Where a view stands in time. `epoch` grows with every controller that takes over and fences those before it;
 * `version` grows by one with every change for one subscriber in an epoch.
 */
export interface Stamp {
  readonly epoch: number;
  readonly version: number;
}

/** When it was published, in milliseconds since 1970 by the clock of the controller; not given: that is not known. */
interface Timed {
  readonly time?: number;
}

/** The whole view for one subscriber: retained by the broker, read by who starts or missed something. */
export interface Snapshot extends Stamp, Timed {
  readonly kind: 'snapshot';
  readonly view: SiteView;
}

/** What changed in the view for one subscriber from the version before. Retained until its place is needed. */
export interface Delta extends Stamp, Timed, SiteChange {
  readonly kind: 'delta';
  readonly site: string;
}

export type Message = Snapshot | Delta;
