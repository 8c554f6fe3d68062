import path from 'node:path';
import type { Log } from '../../lib/log.ts';
import type { Validity } from '../model/validity.ts';
import type { Message } from '../view/message.ts';
import type { ViewSubscriber } from '../view/subscriber.ts';
import { ViewStore } from '../view/view-store.ts';
import type { Feed } from './feed.ts';
import { restoreView } from './restore-view.ts';

/** Has a node's proxy do as its controller or a file says, until it is ended. */
export interface Following {
  /** Whether it is cut off from its controller; nothing without one. */
  isCutOff(): boolean | undefined;
  certificate(): Validity | undefined;
  end(): void | Promise<void>;
}

export interface NodeViewOptions {
  /** The node's proxy. */
  readonly proxy: Pick<ViewSubscriber, 'changed'>;
  readonly feed: Feed;
  /** Folder where the last good view is kept. */
  readonly state: string;
  readonly log: Log;
}

/**
 * Has the proxy of a node do as its controller says, beginning with what was kept.
 * @throws HeddleError ERR_STATE
 */
export function followController({ proxy, feed, state, log }: NodeViewOptions): Following {
  const store = new ViewStore();
  restoreView(store, { file: path.join(state, 'view'), log });
  store.subscribe(proxy);
  const receive = (message: Message) => {
    store.receive(message);
    const { epoch, version, kind } = message;
    log.info({ epoch, version, kind }, 'view updated');
  };
  let isCutOff: boolean | undefined;
  const cutOff = (reason: string | undefined) => {
    isCutOff = reason !== undefined;
    if (reason === undefined)
      log.info({}, 'in contact with the controller: the view of the proxy is up to date');
    else log.warn({ reason }, 'cut off from the controller: the view of the proxy may be out of date');
  };
  feed.start({ store, receive, converged: () => undefined, peers: () => undefined, cutOff });
  return {
    isCutOff: () => isCutOff,
    certificate: () => feed.certificate?.(),
    end: () => feed.close(),
  };
}
