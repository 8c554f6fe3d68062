import { setTimeout as sleep } from 'node:timers/promises';
import type { Bus } from '../delivery/bus.ts';
import { type Signer, seal } from '../delivery/envelope.ts';
import type { Choices, Heartbeat, Peers } from '../delivery/messages.ts';
import { type Later, Publisher } from '../delivery/publisher.ts';
import { gatewayRecipient, type Recipient, recipientsOf } from '../delivery/recipient.ts';
import { aliveTopic, choicesTopic, peersTopic, revocationsTopic } from '../delivery/topics.ts';
import { EchoKeys, gatewaysOf } from '../distance/echo/keys.ts';
import type { HoldingsKeeper } from '../grants/holders.ts';
import { heartbeatEvery } from '../lease/broker-election.ts';
import type { EdgePlaces, ModelChange } from '../model/model.ts';
import type { Stamp } from '../view/message.ts';
import type { Views } from '../view/views.ts';

/** Milliseconds for it. */
const lastWord = 500;

export interface SessionOptions {
  readonly controller: string;
  readonly epoch: number;
  readonly bus: Pick<Bus, 'isConnected' | 'publish'>;
  readonly signer: Signer;
  /** PEM. */
  readonly revocations: string;
  readonly views: Views;
  readonly holdings: Pick<HoldingsKeeper, 'kept'>;
  /** From which the keys follow that gateways measure each other with. */
  readonly echoSecret: Buffer;
  readonly later: Later;
  /** Told of what is given to the broker. */
  sent(topic: string, bytes: number): void;
  /** Whether it is still this controller that acts. */
  mayAct(): boolean;
  problem(error: Error): void;
}

/** One controller's time in charge: publishes all there is, then what changes, and signs of life all along. */
export class Session {
  readonly #options: SessionOptions;
  readonly #publisher: Publisher;
  readonly #timer: NodeJS.Timeout;
  #signer: Signer;
  #revocations: string;
  #count = 0;
  #kept: Pick<Choices, 'kept' | 'holdings'> | undefined;
  /** Whether they were noted, and not published since. */
  #isChoicesDue = false;
  /** By site. */
  #recipients: ReadonlyMap<string, readonly Recipient[]> = new Map();

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#signer = options.signer;
    this.#revocations = options.revocations;
    const publish = (topic: string, payload: Buffer | string) => this.#publish(topic, payload);
    this.#publisher = new Publisher(publish, options.signer, options.epoch, options.later);
    options.views.changes();
    this.#updateRecipients(options.views.places);
    this.repeat();
    this.#timer = setInterval(() => {
      this.#heartbeat(false);
      this.#keep();
    }, heartbeatEvery);
  }

  /** What was published last, by the subject of who is given it. */
  published(): ReadonlyMap<string, Stamp> {
    return this.#publisher.versions();
  }

  /** Takes what became different, and publishes what follows from it. */
  update(change: ModelChange): number {
    const { views } = this.#options;
    const before = views.places;
    const { domain, sites } = before;
    views.apply(change);
    const now = views.places;
    if (now !== before) {
      this.#updateRecipients(now);
      const isMoved = JSON.stringify(gatewaysOf(sites)) !== JSON.stringify(gatewaysOf(now.sites));
      if (isMoved) this.#publishPeers();
    }
    // A zone of another name is another zone.
    return this.#publishChanges(domain !== now.domain);
  }

  /** Publishes what follows from other distances. */
  measure(changed: ReadonlyMap<string, readonly string[]>): number {
    this.#options.views.measure(changed);
    return this.#publishChanges(false);
  }

  /** Tells where clients are kept and who has what, for whoever takes over: when there is time, if it is not as it was. */
  #keep(): void {
    if (this.#noteChoices()) this.#options.later('choices', () => void this.#publishChoices());
  }

  /** @returns whether they are not as they were */
  #noteChoices(): boolean {
    const { views, holdings } = this.#options;
    const now = { kept: views.kept(), holdings: holdings.kept() };
    if (now.kept === this.#kept?.kept && now.holdings === this.#kept.holdings) return false;
    this.#kept = now;
    this.#isChoicesDue = true;
    return true;
  }

  /** Publishes what they are now: what was noted earlier may be another by the time there is time. */
  async #publishChoices(): Promise<void> {
    const { views, holdings, epoch } = this.#options;
    this.#kept = { kept: views.kept(), holdings: holdings.kept() };
    this.#isChoicesDue = false;
    const choices: Choices = { kind: 'choices', epoch, ...this.#kept };
    await this.#publish(choicesTopic, seal(choicesTopic, JSON.stringify(choices), this.#signer));
  }

  #publishChanges(isRenamed: boolean): number {
    const { views } = this.#options;
    const changes = views.changes();
    for (const [site, change] of changes) {
      const whole = () => views.siteView(site);
      for (const recipient of this.#recipients.get(site) ?? []) {
        if (isRenamed) this.#publisher.renew(recipient, whole());
        else this.#publisher.change(recipient, change, whole);
      }
    }
    return changes.size;
  }

  /** Who is given a view from now on. What was published for those that are there no more is taken back. */
  #updateRecipients(places: EdgePlaces): void {
    const before = [...this.#recipients.values()].flat();
    const now = recipientsOf(places);
    this.#recipients = Map.groupBy(now, ({ site }) => site);
    const stays = new Set(now.map(({ subject }) => subject));
    for (const { subject } of before.filter((recipient) => !stays.has(recipient.subject))) {
      this.#publisher.remove(subject);
      this.#publish(peersTopic(subject), '');
    }
  }

  #publishPeers(): void {
    const { views, echoSecret, epoch } = this.#options;
    const gateways = gatewaysOf(views.places.sites);
    const keys = new EchoKeys(echoSecret, gateways);
    for (const site of Object.keys(gateways)) {
      const peers: Peers = { kind: 'peers', epoch, site, ...keys.of(site) };
      const topic = peersTopic(gatewayRecipient(site).subject);
      this.#publish(topic, seal(topic, JSON.stringify(peers), this.#signer));
    }
  }

  /** Publishes all there is, as it stands: at first, and to a broker that may have missed something or lost all. */
  repeat(): void {
    const { views } = this.#options;
    this.#publish(revocationsTopic, this.#revocations);
    for (const [site, recipients] of this.#recipients) {
      const view = views.siteView(site);
      for (const recipient of recipients) this.#publisher.repeat(recipient, view);
    }
    this.#publishPeers();
    void this.#publishChoices();
    this.#heartbeat(false);
  }

  /** Takes other certificates and revocations. All is signed anew: what was signed before may be revoked. */
  renew(signer: Signer, revocations: string): void {
    this.#signer = signer;
    this.#publisher.signAs(signer);
    this.#revocations = revocations;
    this.repeat();
  }

  async end(): Promise<void> {
    clearInterval(this.#timer);
    // A broker that went at the same time takes no last word.
    this.#noteChoices();
    const choices = this.#isChoicesDue ? this.#publishChoices() : undefined;
    await Promise.race([
      Promise.all([choices, this.#heartbeat(true)]),
      sleep(lastWord, undefined, { ref: false }),
    ]);
  }

  #heartbeat(last: boolean): Promise<void> {
    const { controller, epoch } = this.#options;
    const heartbeat: Heartbeat = { kind: 'beat', epoch, count: this.#count++, controller, last };
    return this.#publish(aliveTopic, seal(aliveTopic, JSON.stringify(heartbeat), this.#signer));
  }

  /** While there is no broker nothing is sent: when it is back, all is. */
  async #publish(topic: string, payload: Buffer | string): Promise<void> {
    const { bus, mayAct, sent, problem } = this.#options;
    if (!mayAct() || !bus.isConnected) return;
    sent(topic, payload.length);
    await bus.publish(topic, payload, true).catch(problem);
  }
}
