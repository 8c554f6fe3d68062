import type { EchoPeers } from '../distance/echo/keys.ts';
import type { Report } from '../distance/row.ts';
import type { Holdings } from '../grants/holders.ts';
import type { SiteView } from '../view/view.ts';
import type { KeptChoices, SiteChange } from '../view/views.ts';

/**
 * Where a view stands in time. `epoch` grows with every controller that takes over and fences those before it;
 * `version` grows by one with every change for one seat in an epoch.
 */
export interface Stamp {
  readonly epoch: number;
  readonly version: number;
}

/** When it was published, in milliseconds since 1970 by the clock of the controller; not given: that is not known. */
interface Timed {
  readonly time?: number;
}

/** The whole view for one seat: retained by the broker, read by who starts or missed something. */
export interface Snapshot extends Stamp, Timed {
  readonly kind: 'snapshot';
  readonly view: SiteView;
}

/** What changed in the view for one seat from the version before. Retained until its place is needed. */
export interface Delta extends Stamp, Timed, SiteChange {
  readonly kind: 'delta';
  readonly site: string;
}

export type Message = Snapshot | Delta;

/** Whom a gateway measures, and with which keys. */
export interface Peers extends EchoPeers {
  readonly kind: 'peers';
  readonly epoch: number;
  readonly site: string;
}

/** A controller's sign of life. `count` grows by one with each. */
export interface Beat {
  readonly kind: 'beat';
  readonly epoch: number;
  readonly count: number;
  /** Names this run of a controller. */
  readonly controller: string;
  /** The last one: it ends of its own will. */
  readonly last: boolean;
}

/** Where clients are kept, and who has which names and ports, for a controller that takes over. */
export interface Choices {
  readonly kind: 'choices';
  readonly epoch: number;
  readonly kept: KeptChoices;
  readonly holdings?: Holdings;
}

/** Milliseconds after which a gateway says again where it stands: who does not is not there any more. */
export const statusEvery = 5000;

/** What a gateway says of itself. */
export interface Status extends Stamp {
  readonly stale: boolean;
  readonly serial: number;
}

/** What choices were made by, for the controller that comes after. */
export interface Recollection {
  readonly format: 1;
  /** By site: what its gateway told of distances. */
  readonly reports: Readonly<Record<string, Report>>;
  readonly kept: KeptChoices;
  readonly holdings?: Holdings;
}
