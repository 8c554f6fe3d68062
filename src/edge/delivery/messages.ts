import type { EchoPeers } from '../distance/echo/keys.ts';
import type { DistanceReport } from '../distance/row.ts';
import type { Holdings } from '../grants/holders.ts';
import type { Stamp } from '../view/message.ts';
import type { KeptChoices } from '../view/views.ts';

/** Whom a gateway measures, and with which keys. */
export interface Peers extends EchoPeers {
  readonly kind: 'peers';
  readonly epoch: number;
  readonly site: string;
}

/** A controller's sign of life. `count` grows by one with each. */
export interface Heartbeat {
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
export interface ControllerState {
  readonly format: 1;
  /** By site: what its gateway told of distances. */
  readonly reports: Readonly<Record<string, DistanceReport>>;
  readonly kept: KeptChoices;
  readonly holdings?: Holdings;
}
