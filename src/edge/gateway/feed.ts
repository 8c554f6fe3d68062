import type { EchoPeers } from '../distance/echo/keys.ts';
import type { DistanceReport } from '../distance/row.ts';
import type { Validity } from '../model/validity.ts';
import type { Message } from '../view/message.ts';
import type { ViewStore } from '../view/view-store.ts';

/** What a gateway does with what its feed gives. */
export interface Sink {
  readonly store: Pick<ViewStore, 'at' | 'serial'>;
  /** Does as it says from now on, and keeps it. */
  receive(message: Message): void;
  /** What was published so many milliseconds ago is answered from now on. */
  converged(milliseconds: number): void;
  /** Measures the distances to these sites from now on. */
  peers(peers: EchoPeers): void;
  /** The feed is cut off, and why; nothing: it is not any more. */
  cutOff(reason: string | undefined): void;
}

/** Where the view of a gateway comes from. */
export interface Feed {
  /** Addresses of the gateway, if they are known before the view is. */
  readonly addresses?: readonly string[];
  start(sink: Sink): void;
  /** The gateway measured other distances than before. */
  measured(report: DistanceReport): void;
  /** The certificate that it shows to its broker. */
  certificate?(): Validity | undefined;
  close(): Promise<void>;
}
