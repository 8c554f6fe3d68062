import { setTimeout as sleep } from 'node:timers/promises';
import { HeddleError, isHeddleError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { Credentials } from '../ca/authority.ts';
import { gatewaySubject } from '../ca/subjects.ts';
import type { BusEvents } from '../delivery/bus.ts';
import { open, signerOf } from '../delivery/envelope.ts';
import type { Status } from '../delivery/messages.ts';
import { longestTelemetry } from '../delivery/packet-limit.ts';
import { readChoices, readDistanceReport, readHeartbeat, readStatus } from '../delivery/read.ts';
import {
  aliveTopic,
  choicesTopic,
  telemetryFilter,
  telemetrySite,
  telemetryTopic,
} from '../delivery/topics.ts';
import type { Trust } from '../delivery/trust.ts';
import type { Distances } from '../distance/distances.ts';
import type { HoldingsKeeper } from '../grants/holders.ts';
import { BrokerElection } from '../lease/broker-election.ts';
import type { Lease } from '../lease/lease.ts';
import type { ModelChange } from '../model/model.ts';
import type { Stamp } from '../view/message.ts';
import type { Views } from '../view/views.ts';
import type { EpochFile } from './epoch-file.ts';
import { Session } from './session.ts';
import { openTransport, type Transport, type Via } from './transport.ts';
import { Workqueue } from './workqueue.ts';

/** Milliseconds to observe from a broker what another controller chose: it may be that none did. */
const recallTimeout = 300;

export interface TermOptions {
  /** Names this run of a controller. */
  readonly controller: string;
  readonly via: Via;
  readonly credentials: Credentials;
  readonly trust: Trust;
  readonly views: Views;
  readonly holdings: HoldingsKeeper;
  /** That the views are by. */
  readonly distances: Distances;
  readonly echoSecret: Buffer;
  readonly epochs: EpochFile;
  /** Told of what is given to the broker, and of what gateways say of themselves. */
  sent(topic: string, bytes: number): void;
  status(site: string, status: Status): void;
  /** It acts from now on. */
  acting(): void;
  /** Given by a lease store; without one, whoever is first at the broker may act. */
  readonly lease: Lease | undefined;
  readonly log: Log;
}

/** What a controller does that acts. */
export interface Acts {
  readonly epoch: number;
  readonly isConnected: boolean;
  /** By the subject of who is given it. */
  readonly published: ReadonlyMap<string, Stamp>;
}

/** One time in charge of a controller, from the way to the gateways to its end. */
export class Term {
  readonly #options: TermOptions;
  readonly #election: BrokerElection;
  readonly #over = Promise.withResolvers<string>();
  readonly #connected = Promise.withResolvers<void>();
  readonly #recalled = Promise.withResolvers<void>();
  readonly #workqueue = new Workqueue();
  /** By site, others that are another distance away from it, and that is not looked at yet. */
  readonly #away = new Map<string, Set<string>>();
  /** Sites whose gateways refuse this epoch, so that it is said once. */
  readonly #ahead = new Set<string>();
  #credentials: Credentials;
  #transport: Transport | undefined;
  #session: Session | undefined;
  #epoch = 0;
  #isFenced = false;

  constructor(options: TermOptions) {
    this.#options = options;
    this.#credentials = options.credentials;
    this.#election = new BrokerElection(options.controller, options.epochs.read());
  }

  /**
   * Acts until it may not any more.
   * @returns why it ended
   * @throws HeddleError ERR_EDGE_CONTROLLER, ERR_EDGE_BROKER, ERR_STATE
   */
  async act(): Promise<string> {
    const { via, trust, log, lease, epochs } = this.#options;
    const over = Promise.race([this.#over.promise, ...(lease ? [lease.lost] : [])]);
    const transport = await openTransport(via, () => this.#credentials, trust, log, this.#events());
    this.#transport = transport;
    const ready = await Promise.race([this.#ready('broker' in via), over]);
    if (typeof ready === 'string') return ready;
    this.#epoch = ready;
    epochs.write(this.#epoch);
    this.#begin(transport);
    log.info({ epoch: this.#epoch, port: transport.port }, 'the controller acts as leader');
    return over;
  }

  /** The epoch to act with, when the broker is there and has told what there was. */
  async #ready(isOthers: boolean): Promise<number> {
    await this.#connected.promise;
    if (isOthers) await Promise.race([this.#recalled.promise, sleep(recallTimeout)]);
    return this.#options.lease?.epoch ?? (await this.#election.acquire());
  }

  /** Takes what the sources say now; published if it is this controller's time. */
  update(change: ModelChange): void {
    const { views, log } = this.#options;
    if (!this.#session) {
      views.apply(change);
      return;
    }
    const sites = this.#session.update(change);
    if (sites > 0) log.info({ sites }, 'published changed views');
  }

  /** Takes other certificates and revocations. */
  renew(credentials: Credentials): void {
    this.#credentials = credentials;
    this.#transport?.renew(credentials);
    this.#session?.renew(signerOf(credentials), credentials.revocations);
  }

  /** What it does now; nothing while it may not act. */
  get acts(): Acts | undefined {
    if (!this.#session || !this.#mayAct) return undefined;
    const isConnected = this.#transport?.bus.isConnected ?? false;
    return { epoch: this.#epoch, isConnected, published: this.#session.published() };
  }

  /** Ends it, with the reason. */
  end(reason: string): void {
    this.#over.resolve(reason);
  }

  async close(): Promise<void> {
    this.#workqueue.close();
    // What was told and not looked at yet is not told again.
    this.#options.views.measure(new Map([...this.#away].map(([site, others]) => [site, [...others]])));
    await this.#session?.end();
    this.#session = undefined;
    await this.#transport?.close();
  }

  get #mayAct(): boolean {
    return !this.#isFenced && (this.#options.lease?.isHeld ?? true);
  }

  #begin({ bus }: Transport): void {
    const { controller, views, holdings, echoSecret, log } = this.#options;
    const { revocations } = this.#credentials;
    this.#session = new Session({
      controller,
      epoch: this.#epoch,
      bus,
      signer: signerOf(this.#credentials),
      revocations,
      views,
      holdings,
      echoSecret,
      later: (subject, work) => this.#workqueue.add(`snapshot of ${subject}`, work),
      sent: (topic, bytes) => this.#options.sent(topic, bytes),
      mayAct: () => this.#mayAct,
      problem: (error) => log.warn({ problem: error.message }, 'publishing to the broker failed'),
    });
    this.#options.acting();
  }

  #events(): BusEvents {
    const { log } = this.#options;
    return {
      connected: () => {
        log.info({}, 'connected to the broker');
        this.#connect().catch((error) => {
          if (isHeddleError(error, 'ERR_EDGE_BROKER')) this.#over.reject(error);
          else log.warn({ problem: error.message }, 'connection to the broker lost before it answered');
        });
      },
      disconnected: (problem) => log.warn({ problem }, 'not connected to the broker'),
      message: (topic, payload, retained) => {
        if (topic === aliveTopic) this.#observe(payload, retained);
        else if (topic === choicesTopic) this.#recall(payload);
        else this.#note(topic, payload);
      },
    };
  }

  async #connect(): Promise<void> {
    await this.#transport?.bus.subscribe([aliveTopic, telemetryFilter, choicesTopic]);
    this.#connected.resolve();
    this.#session?.repeat();
  }

  /** Chooses as the controller before did; what gateways told of distances has come before this. */
  #recall(payload: Buffer): void {
    const { trust, views, holdings } = this.#options;
    const opened = open(choicesTopic, payload, trust, Date.now());
    const choices = 'body' in opened ? readChoices(opened.body) : undefined;
    const known = Math.max(0, ...this.#options.epochs.read());
    if (this.#session || !choices || choices.epoch < known) return;
    views.recall(choices.kept);
    if (choices.holdings) holdings.recall(choices.holdings);
    this.#recalled.resolve();
  }

  /** Another controller's sign of life: one with a later epoch took over. */
  #observe(payload: Buffer, retained: boolean): void {
    const { trust, controller } = this.#options;
    const opened = open(aliveTopic, payload, trust, Date.now());
    const heartbeat = 'body' in opened ? readHeartbeat(opened.body) : undefined;
    if (!heartbeat || heartbeat.controller === controller) return;
    this.#election.observe(heartbeat, retained);
    const isLater =
      heartbeat.epoch > this.#epoch || (heartbeat.epoch === this.#epoch && heartbeat.controller < controller);
    if (this.#session && isLater && !heartbeat.last) {
      this.#isFenced = true;
      const reason = `the controller ${heartbeat.controller} took over, with epoch ${heartbeat.epoch}`;
      if (this.#options.lease) this.end(reason);
      else this.#over.reject(new HeddleError('ERR_EDGE_CONTROLLER', reason));
    }
  }

  #note(topic: string, payload: Buffer): void {
    // Another broker than the controller's own may let them say more.
    if (payload.length > longestTelemetry) return;
    const site = telemetrySite(topic);
    if (site && topic === telemetryTopic(gatewaySubject(site), 'distances')) {
      this.#measured(site, payload);
      return;
    }
    const status = readStatus(payload.toString());
    if (!site || !status) return;
    const { log, views } = this.#options;
    if (site in views.places.sites) this.#options.status(site, status);
    log.debug({ site, ...status }, 'gateway status received');
    const isAhead = this.#session !== undefined && status.epoch > this.#epoch;
    if (isAhead && !this.#ahead.has(site))
      log.error(
        { site, theirs: status.epoch, ours: this.#epoch },
        'gateway has seen a later epoch and refuses the views of this controller',
      );
    if (isAhead) this.#ahead.add(site);
    else this.#ahead.delete(site);
  }

  #measured(site: string, payload: Buffer): void {
    const { views, distances } = this.#options;
    const report = readDistanceReport(payload.toString());
    if (!report || !(site in views.places.sites)) return;
    const changed = distances.update(site, report);
    if (!this.#session) {
      views.measure(changed);
      return;
    }
    for (const [one, others] of changed) {
      this.#away.set(one, new Set([...(this.#away.get(one) ?? []), ...others]));
      this.#workqueue.add(`distances from ${one}`, () => this.#look(one));
    }
  }

  /** A gateway on a busy machine measures something else every second, and each look costs what there are services. */
  #look(site: string): void {
    const others = [...(this.#away.get(site) ?? [])];
    this.#away.delete(site);
    const sites = this.#session?.measure(new Map([[site, others]])) ?? 0;
    if (sites > 0) this.#options.log.info({ site }, 'published views after changed distances');
  }
}
