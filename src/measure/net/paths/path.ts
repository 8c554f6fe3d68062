import type { NetworkingService } from '../../../networks/standard/networking-service.ts';
import type { ServerEnd } from '../ends/end.ts';
import type { FarNode } from '../ends/far-end.ts';

/** A way from this host, to another place on it or to another host, which is there to be measured until it is disposed of. */
export interface MeasuredPath extends AsyncDisposable {
  /** What a command begins with that asks; empty: as it is. */
  readonly client: readonly string[];
  /** Where what answers runs. */
  readonly server: ServerEnd;
}

/** What ways are made by. */
export interface PathTools {
  /** Aborted: it is to end. */
  readonly signal: AbortSignal;
  readonly networking: NetworkingService;
  readonly applications: Applications;
  /** Where ways end; nothing: on this host. */
  readonly far?: FarNode | undefined;
}

/** Applications of the node, by the text of their Compose files. */
export interface Applications {
  /** @throws HeddleError as `heddle up` does */
  up(project: string, text: string): Promise<void>;
  /** Removes all of one; nothing where there is none. @throws HeddleError as `heddle down` does */
  down(project: string): Promise<void>;
  /** A process of a service's container, on this host. @throws HeddleError ERR_MEASURE where there is none */
  pidOf(project: string, service: string): Promise<number>;
}

/** A way that there can be. */
export interface PathKind {
  readonly name: string;
  /** What who takes it has, and has not: whom it keeps apart, whether it encrypts, how far it reaches. */
  readonly traits: readonly string[];
  /** What a Compose file has to say for it. */
  readonly lines: string;
  /**
   * @param id of the benchmark: what it makes bears it
   * @throws HeddleError ERR_NETWORK and what the node refuses it with
   */
  open(id: string, tools: PathTools): Promise<MeasuredPath>;
  /** Takes away what one has left that was killed. */
  clear(id: string, tools: PathTools): Promise<void>;
}
