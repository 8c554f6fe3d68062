import path from 'node:path';
import type { Log } from '../../lib/log.ts';
import type { Message } from '../delivery/messages.ts';
import type { Validity } from '../model/validity.ts';
import type { Follower } from '../view/follower.ts';
import type { Feed } from './feed.ts';
import { HeldView } from './held-view.ts';
import { JudgedView } from './judged-view.ts';
import { ViewStore } from './view-store.ts';

/** Follows a controller or a file until it is ended. */
export interface Following {
  /** Whether it is cut off from its controller; nothing without one. */
  isCutOff(): boolean | undefined;
  certificate(): Validity | undefined;
  end(): void | Promise<void>;
}

export interface NodeViewOptions {
  /** The node's proxy. */
  readonly proxy: Pick<Follower, 'take'>;
  readonly feed: Feed;
  /** Folder where the last good view is kept. */
  readonly state: string;
  readonly log: Log;
}

/**
 * Gives the proxy of a node what its controller says, beginning with what was kept; nobody is answered DNS there.
 * @throws HeddleError ERR_STATE
 */
export function followController({ proxy, feed, state, log }: NodeViewOptions): Following {
  const view = new JudgedView({ apply: () => undefined });
  const held = new HeldView(undefined, view, new ViewStore(path.join(state, 'view')));
  const problem = held.recover();
  if (problem) log.warn({ problem }, 'the view that was kept is not whole');
  const lead = () => proxy.take(() => view.told()?.view);
  const take = (message: Message) => {
    try {
      held.take(message);
    } catch (error) {
      log.error({ error: (error as Error).message }, 'the view is followed, but could not be kept');
    }
    const { epoch, version, kind } = message;
    log.info({ epoch, version, kind }, 'the view changed');
    lead();
  };
  if (held.at) lead();
  let isCutOff: boolean | undefined;
  const cutOff = (reason: string | undefined) => {
    isCutOff = reason !== undefined;
    if (reason === undefined) log.info({}, 'what is followed is up to date');
    else log.warn({ reason }, 'cut off: what is followed may be out of date');
  };
  feed.start({ held, take, converged: () => undefined, peers: () => undefined, cutOff });
  return {
    isCutOff: () => isCutOff,
    certificate: () => feed.certificate?.(),
    end: () => feed.close(),
  };
}
