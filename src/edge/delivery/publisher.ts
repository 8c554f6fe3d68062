import type { Delta, Snapshot, Stamp } from '../view/message.ts';
import type { SiteView } from '../view/view.ts';
import type { SiteChange } from '../view/views.ts';
import { type Signer, seal } from './envelope.ts';
import type { Recipient } from './recipient.ts';
import { deltaPlaces, deltaTopic, snapshotTopic } from './topics.ts';

/** Changes after which the snapshot is to be written again, so that there are places until it is. */
const mostDeltas = deltaPlaces / 2;
/** Bytes of changes after which it is, or as many as the snapshot itself has if that is more. */
const mostBytes = 64 * 1024;

interface Published {
  site: string;
  version: number;
  /** Since the snapshot, as are the bytes. */
  deltas: number;
  deltaBytes: number;
  snapshotBytes: number;
}

export type Publish = (topic: string, payload: Buffer | string) => void;

/** Does some work for somebody when there is time for it. */
export type Later = (subject: string, work: () => void) => void;

/**
 * Turns changes of views into signed messages: for each recipient a snapshot, and a change at a time after it. All of them
 * are retained, so that whoever asks the broker has the whole of it; what a change costs does not depend on what there
 * is, since the snapshot is written again only when the changes after it have become as many bytes, and then when there is
 * time: a change that comes to all sites makes it due at all of them at once. One epoch's.
 */
export class Publisher {
  readonly #publish: Publish;
  readonly #later: Later;
  #signer: Signer;
  readonly #epoch: number;
  readonly #now: () => number;
  readonly #recipients = new Map<string, Published>();

  /** @param now milliseconds since 1970 */
  constructor(
    publish: Publish,
    signer: Signer,
    epoch: number,
    later: Later,
    now: () => number = () => Date.now(),
  ) {
    this.#publish = publish;
    this.#later = later;
    this.#signer = signer;
    this.#epoch = epoch;
    this.#now = now;
  }

  /** Signs with another key from now on. */
  signAs(signer: Signer): void {
    this.#signer = signer;
  }

  /** The version that was published last for each recipient, by its subject. */
  versions(): ReadonlyMap<string, Stamp> {
    return new Map(
      [...this.#recipients].map(([subject, { version }]) => [subject, { epoch: this.#epoch, version }]),
    );
  }

  /** Publishes what changed for a recipient; the whole the first time, and when it is at another site. */
  change(recipient: Recipient, change: SiteChange, whole: () => SiteView): void {
    const { subject, site } = recipient;
    const at = this.#recipients.get(subject);
    if (at?.site !== site) {
      this.renew(recipient, whole());
      return;
    }
    at.version++;
    const delta: Delta = { kind: 'delta', epoch: this.#epoch, version: at.version, site, ...change };
    at.deltas++;
    at.deltaBytes += this.#send(deltaTopic(subject, at.deltas), delta);
    const isDue = () => at.deltas >= mostDeltas || at.deltaBytes >= Math.max(mostBytes, at.snapshotBytes);
    const write = () => {
      if (this.#recipients.get(subject) === at && isDue()) this.#snapshot(subject, whole(), at);
    };
    // Without a place for another change it cannot wait.
    if (at.deltas === deltaPlaces - 1) write();
    else if (isDue()) this.#later(subject, write);
  }

  /** Publishes the whole for a recipient: at first, and when the domain is another one. */
  renew({ subject, site }: Recipient, view: SiteView): void {
    const at = this.#recipients.get(subject) ?? {
      site,
      version: -1,
      deltas: 0,
      deltaBytes: 0,
      snapshotBytes: 0,
    };
    at.version++;
    at.site = site;
    this.#recipients.set(subject, at);
    this.#snapshot(subject, view, at);
  }

  /** Publishes the whole for a recipient once more, as it was: for a broker that may have lost it. */
  repeat(recipient: Recipient, view: SiteView): void {
    const at = this.#recipients.get(recipient.subject);
    if (at?.site === recipient.site) this.#snapshot(recipient.subject, view, at);
    else this.renew(recipient, view);
  }

  /** Takes what is retained for somebody from the broker: there is no such recipient any more. */
  remove(subject: string): void {
    if (!this.#recipients.delete(subject)) return;
    this.#publish(snapshotTopic(subject), '');
    for (let place = 0; place < deltaPlaces; place++) this.#publish(deltaTopic(subject, place), '');
  }

  #snapshot(subject: string, view: SiteView, at: Published): void {
    const snapshot: Snapshot = { kind: 'snapshot', epoch: this.#epoch, version: at.version, view };
    at.snapshotBytes = this.#send(snapshotTopic(subject), snapshot);
    at.deltas = 0;
    at.deltaBytes = 0;
  }

  #send(topic: string, message: Delta | Snapshot): number {
    const payload = seal(topic, JSON.stringify({ ...message, time: this.#now() }), this.#signer);
    this.#publish(topic, payload);
    return payload.length;
  }
}
