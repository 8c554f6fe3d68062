import { sizeText } from '../../lib/size-text.ts';
import { longestRevocations } from '../ca/files.ts';
import { open } from '../delivery/envelope.ts';
import type { Heartbeat, Peers, Status } from '../delivery/messages.ts';
import { readHeartbeat, readMessage, readPeers } from '../delivery/read.ts';
import { Sequence } from '../delivery/sequence.ts';
import { aliveTopic, peersTopic, revocationsTopic } from '../delivery/topics.ts';
import type { Trust } from '../delivery/trust.ts';
import type { Message } from '../view/message.ts';
import type { ViewStore } from '../view/view-store.ts';

export interface InboxOptions {
  /** Whose messages they are. */
  readonly subject: string;
  /** Whose view it has to be; not given: of any site. */
  readonly site?: string;
  readonly trust: Trust;
  readonly store: Pick<ViewStore, 'at' | 'serial'>;
  /** Answers from a message from now on. */
  apply(message: Message): void;
  /** A message that came as it was published, and not because it was asked for, was applied so many milliseconds after. */
  converged(milliseconds: number): void;
  /** Measures the distances to these from now on. */
  peers(peers: Peers): void;
  /** Keeps lists of revocations that told something new. */
  revoked(lists: string): void;
}

/** What comes to a gateway, or to the proxy of a node: believed if a controller of its authority signed it, and taken in order. */
export class Inbox {
  readonly #options: InboxOptions;
  readonly #sequence: Sequence;
  #heartbeat: Pick<Heartbeat, 'epoch' | 'count'> = { epoch: 0, count: -1 };
  #peersEpoch = 0;
  #heartbeatAt = Number.NEGATIVE_INFINITY;

  constructor(options: InboxOptions) {
    this.#options = options;
    this.#sequence = new Sequence(options.store.at);
  }

  /** When a controller was last heard of, on the clock of `performance.now()`. */
  get heartbeatAt(): number {
    return this.#heartbeatAt;
  }

  /** The connection broke: what was heard before says nothing of now. */
  silence(): void {
    this.#heartbeatAt = Number.NEGATIVE_INFINITY;
  }

  get hasGap(): boolean {
    return this.#sequence.hasGap;
  }

  get hasView(): boolean {
    return this.#options.store.at !== undefined;
  }

  get status(): Omit<Status, 'stale'> {
    const { at, serial } = this.#options.store;
    return { ...(at ?? { epoch: 0, version: 0 }), serial };
  }

  /**
   * Takes what came.
   * @param retained it may have waited at the broker
   * @returns why it is not taken
   */
  take(topic: string, payload: Buffer, retained: boolean): string | undefined {
    // What was removed from the broker: there is no such recipient any more, or no such change.
    if (payload.length === 0) return undefined;
    if (topic === revocationsTopic) return this.#revoke(payload);
    const opened = open(topic, payload, this.#options.trust, Date.now());
    if ('refused' in opened) return opened.refused;
    if (topic === peersTopic(this.#options.subject)) return this.#peers(opened.body);
    return topic === aliveTopic
      ? this.#takeHeartbeat(opened.body, retained)
      : this.#view(opened.body, retained);
  }

  #takeHeartbeat(body: string, retained: boolean): string | undefined {
    const heartbeat = readHeartbeat(body);
    if (!heartbeat) return 'it is no sign of life';
    const { epoch, count } = this.#heartbeat;
    if (heartbeat.epoch < epoch || heartbeat.epoch < (this.#options.store.at?.epoch ?? 0))
      return `it is of epoch ${heartbeat.epoch}, and a later one has come`;
    this.#sequence.fence(heartbeat.epoch);
    const isNew = heartbeat.epoch > epoch || heartbeat.count > count;
    if (!isNew) return undefined;
    this.#heartbeat = heartbeat;
    if (heartbeat.last) this.#heartbeatAt = Number.NEGATIVE_INFINITY;
    else if (!retained) this.#heartbeatAt = performance.now();
    return undefined;
  }

  #peers(body: string): string | undefined {
    const peers = readPeers(body);
    if (!peers) return 'it does not say whom to measure: the controller may be of another version';
    const newest = Math.max(this.#heartbeat.epoch, this.#options.store.at?.epoch ?? 0, this.#peersEpoch);
    if (peers.epoch < newest) return `it is of epoch ${peers.epoch}, and ${newest} has come`;
    this.#peersEpoch = peers.epoch;
    this.#options.peers(peers);
    return undefined;
  }

  #view(body: string, retained: boolean): string | undefined {
    const message = readMessage(body);
    if (!message) return 'it is no view: the controller may be of another version';
    const site = message.kind === 'snapshot' ? message.view.site : message.site;
    if (site !== (this.#options.site ?? site)) return `it is the view of ${site}`;
    const { apply, refused } = this.#sequence.take(message);
    for (const one of apply) {
      this.#options.apply(one);
      if (!retained && one.time !== undefined) this.#options.converged(Date.now() - one.time);
    }
    return refused;
  }

  #revoke(payload: Buffer): string | undefined {
    if (payload.length > longestRevocations) return `it has more than ${sizeText(longestRevocations)}`;
    const lists = payload.toString();
    this.#options.trust.revoke(lists).then(
      (isNew) => isNew && this.#options.revoked(lists),
      // Its own signature says whose it is; what is none is nothing.
      () => undefined,
    );
    return undefined;
  }
}
