import { randomBytes } from 'node:crypto';
import type { Log } from '../../lib/log.ts';
import type { Credentials } from '../ca/authority.ts';
import { Bus } from '../delivery/bus.ts';
import { type BrokerAddress, dial } from '../delivery/dial.ts';
import { statusEvery } from '../delivery/messages.ts';
import {
  aliveTopic,
  revocationsTopic,
  type Telemetry,
  telemetryTopic,
  viewFilter,
} from '../delivery/topics.ts';
import type { DistanceReport } from '../distance/row.ts';
import { leaderTimeout } from '../lease/broker-election.ts';
import { Complaints } from './complaints.ts';
import type { Inbox } from './inbox.ts';

/** Milliseconds between two looks at whether one is cut off. */
const lookEvery = 250;
/** Milliseconds that messages may be late before they are asked for again, and between two such questions. */
const gapTimeout = 1000;

export interface LinkOptions {
  /** Whose messages are asked for. */
  readonly subject: string;
  /** Of a gateway; nobody asks where the proxy of a node stands. */
  readonly site?: string;
  /** Tried in turn. */
  readonly brokers: readonly BrokerAddress[];
  /** Read anew for every connection. */
  readonly credentials: () => Credentials;
  readonly inbox: Inbox;
  /** Told when one is cut off, with the reason, and when it is not any more. */
  cutOff(reason: string | undefined): void;
  readonly log: Log;
}

/** The connection of a gateway, or of a node's proxy, to its controller, through a broker: takes what comes, and asks again for what is missing. */
export class Link {
  readonly #options: LinkOptions;
  readonly #bus: Bus;
  readonly #timer: NodeJS.Timeout;
  readonly #complaints: Complaints;
  #attempts = 0;
  #problem = 'the broker has not answered yet';
  #gapSince: number | undefined;
  #isBehind = false;
  #reason: string | undefined;
  #said = '';
  #saidAt = 0;
  #measured: DistanceReport | undefined;
  #saidMeasured: DistanceReport | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#complaints = new Complaints(options.log);
    const { subject, log } = options;
    const name = `${subject}/${randomBytes(6).toString('hex')}`;
    this.#bus = new Bus(() => this.#dial(), name, {
      connected: () => {
        log.info({}, 'connected to the broker');
        this.askAgain();
      },
      disconnected: (problem) => {
        this.#problem = problem;
        options.inbox.silence();
        log.warn({ problem }, 'not connected to the broker; the last view stays in use');
      },
      message: (topic, payload, retained) => this.#take(topic, payload, retained),
    });
    this.#timer = setInterval(() => {
      this.#look();
      this.#report();
    }, lookEvery);
    this.#look();
  }

  /** Tells the controller what the gateway measured, now or when there is a broker. */
  measured(report: DistanceReport): void {
    this.#measured = report;
    this.#report();
  }

  /** Reads all that is there for it, once more if it was read; without a broker, when there is one. */
  askAgain(): void {
    if (this.#bus.isConnected) this.#ask([viewFilter(this.#options.subject), aliveTopic, revocationsTopic]);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#bus.end();
  }

  #dial() {
    const { brokers, credentials } = this.#options;
    return dial(brokers[this.#attempts++ % brokers.length] as BrokerAddress, credentials);
  }

  #ask(filters: readonly string[]): void {
    this.#said = '';
    this.#saidMeasured = undefined;
    this.#bus
      .subscribe(filters)
      .catch((error) =>
        this.#options.log.error({ problem: error.message }, 'subscription at the broker failed'),
      );
  }

  #take(topic: string, payload: Buffer, retained: boolean): void {
    const refused = this.#options.inbox.take(topic, payload, retained);
    if (refused) this.#complaints.make(`a message under ${topic} is not taken: ${refused}`);
    this.#look();
  }

  /** Cut off is who hears of no controller, or knows that something is missing. */
  #look(): void {
    const { inbox, subject, cutOff } = this.#options;
    const now = performance.now();
    this.#gapSince = inbox.hasGap ? (this.#gapSince ?? now) : undefined;
    if (this.#gapSince === undefined) this.#isBehind = false;
    else if (now - this.#gapSince > gapTimeout && this.#bus.isConnected) {
      this.#gapSince = now;
      this.#isBehind = true;
      this.#complaints.make('changes are missing; the view is read again');
      this.#ask([viewFilter(subject)]);
    }
    const reason = this.#whyCutOff(now);
    if (reason === this.#reason) return;
    this.#reason = reason;
    cutOff(reason);
  }

  #whyCutOff(now: number): string | undefined {
    if (!this.#bus.isConnected) return this.#problem;
    const { inbox, subject } = this.#options;
    if (now - inbox.heartbeatAt > leaderTimeout) return 'no controller is heard of';
    if (!inbox.hasView)
      return `nothing is published for ${subject}: the sources of the controller do not have it`;
    return this.#isBehind ? 'changes are missing' : undefined;
  }

  /** Tells the controller where one stands, now and then, and how far others are; at once when it said something else last. */
  #report(): void {
    if (!this.#bus.isConnected || this.#options.site === undefined) return;
    const status = JSON.stringify({ ...this.#options.inbox.status, stale: this.#reason !== undefined });
    if (status !== this.#said || performance.now() - this.#saidAt >= statusEvery) {
      this.#say('status', status);
      this.#said = status;
      this.#saidAt = performance.now();
    }
    if (this.#measured && this.#measured !== this.#saidMeasured)
      this.#say('distances', JSON.stringify(this.#measured));
    this.#saidMeasured = this.#measured;
  }

  /** Where a gateway stands is soon said again: a broker that kept it would say it of one that is not there any more. */
  #say(what: Telemetry, text: string): void {
    const { subject, log } = this.#options;
    this.#bus
      .publish(telemetryTopic(subject, what), text, what === 'distances')
      .catch((error) => log.warn({ problem: error.message }, 'publishing to the broker failed'));
  }
}
