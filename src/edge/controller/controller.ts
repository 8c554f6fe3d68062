import { randomBytes, X509Certificate } from 'node:crypto';
import { hostname } from 'node:os';
import path from 'node:path';
import type { Log } from '../../lib/log.ts';
import type { Credentials } from '../ca/authority.ts';
import { expectSubject, readCredentials } from '../ca/credentials.ts';
import { controllerSubject, gatewaySubject } from '../ca/subjects.ts';
import { Trust } from '../delivery/trust.ts';
import { Distances } from '../distance/distances.ts';
import { viewsOf } from '../distance/views.ts';
import type { Lease } from '../lease/lease.ts';
import type { Endpoint } from '../listen/endpoint.ts';
import type { HttpServer } from '../listen/http-server.ts';
import type { ModelChange } from '../model/model.ts';
import { validityOf } from '../model/validity.ts';
import { KeptSource } from '../sources/cached-source.ts';
import type { Source } from '../sources/source.ts';
import { Sources } from '../sources/sources.ts';
import { watchText } from '../sources/watch.ts';
import { type ControllerFigures, controllerText } from '../telemetry/controller-families.ts';
import { serveMetrics } from '../telemetry/metrics-server.ts';
import { PublishCounts } from '../telemetry/publish-counts.ts';
import type { Views } from '../view/views.ts';
import { ControllerStateFile } from './controller-state.ts';
import { EpochFile } from './epoch-file.ts';
import { Statuses } from './statuses.ts';
import { Term } from './term.ts';
import type { Via } from './transport.ts';

/** Waits for the right to act, with an epoch after those that are known. Rejects when the signal comes. */
export type Campaign = (controller: string, known: readonly number[], signal: AbortSignal) => Promise<Lease>;

export interface ControllerOptions {
  /** The edge file. */
  readonly file: string;
  /** What else tells of services. */
  readonly sources: readonly Source[];
  /** Folder with the controller's certificate. */
  readonly tls: string;
  readonly via: Via;
  /** Folder where the last epoch is kept, and what gateways told of distances and other sources of services. */
  readonly state: string;
  /** Where a store gives the right to act; not given: the first at the broker has it. */
  readonly campaign?: Campaign;
  /** Where metrics are served; not given: nowhere. */
  readonly metrics?: Endpoint;
  readonly log: Log;
}

/** The controller of an edge: reads the sources, computes the view of every site and publishes it. */
export class Controller {
  readonly #options: ControllerOptions;
  readonly #name = `${hostname()}/${process.pid}/${randomBytes(3).toString('hex')}`;
  readonly #epochs: EpochFile;
  readonly #trust: Trust;
  readonly #distances = new Distances();
  readonly #sources: Sources;
  readonly #views: Views;
  readonly #stateFile: ControllerStateFile;
  readonly #echoSecret = randomBytes(32);
  readonly #stopped = new AbortController();
  readonly #ended = Promise.withResolvers<void>();
  readonly #sent = new PublishCounts();
  readonly #statuses = new Statuses();
  #credentials: Credentials;
  #term: Term | undefined;

  /** @throws InvalidInput, HeddleError ERR_EDGE_CA, ERR_EDGE_FILE, ERR_FILE_NOT_FOUND, ERR_STATE */
  constructor(options: ControllerOptions) {
    const { tls, file, sources, state, log } = options;
    this.#options = options;
    this.#epochs = new EpochFile(path.join(state, 'epoch'));
    this.#credentials = readCredentials(tls);
    expectSubject(this.#credentials, controllerSubject, tls);
    this.#trust = new Trust(this.#credentials.authorities);
    const kept = sources.map((source) => new KeptSource(source, path.join(state, 'sources'), log));
    this.#sources = new Sources(file, kept, log);
    this.#views = viewsOf({ ...this.#sources.declared, services: {} }, this.#distances);
    this.#stateFile = new ControllerStateFile({
      file: path.join(state, 'distances.json'),
      distances: this.#distances,
      views: this.#views,
      holdings: this.#sources,
      log,
    });
  }

  /**
   * Acts until it is stopped; with a store that gives the right to, whenever it has it.
   * @throws HeddleError ERR_EDGE_CONTROLLER, ERR_EDGE_BROKER, ERR_EDGE_LEASE, ERR_STATE
   */
  async run(): Promise<void> {
    const { tls, metrics, log } = this.#options;
    await this.#trust.revoke(this.#credentials.revocations);
    const problem = (error: Error) =>
      log.error(
        { problem: error.message },
        'credentials file is invalid; the last valid credentials stay in use',
      );
    const watches = ['ca.crt', 'cert.pem', 'crl.pem'].map((name) =>
      watchText(path.join(tls, name), () => this.#renew(), problem),
    );
    this.#stateFile.begin();
    let shown: HttpServer | undefined;
    try {
      shown = metrics && (await serveMetrics(metrics, () => controllerText(this.figures()), log));
      this.#sources.start((change) => this.#take(change));
      await Promise.race([this.#sources.synced, this.#ended.promise]);
      // By what was known before: gateways may tell other distances before it acts.
      this.#views.changes();
      while (!this.#stopped.signal.aborted) await this.#serve();
    } finally {
      shown?.close();
      await this.#stateFile.end();
      for (const end of watches) end();
      await this.#sources.close();
    }
  }

  stop(): void {
    this.#stopped.abort();
    this.#ended.resolve();
    this.#term?.end('it was stopped');
  }

  figures(): ControllerFigures {
    const acts = this.#term?.acts;
    const sites = Object.keys(this.#views.places.sites).map((site) => ({
      site,
      published: acts?.published.get(gatewaySubject(site)),
      status: this.#statuses.of(site, performance.now()),
    }));
    return {
      acts,
      sites,
      sent: this.#sent.read(),
      sources: this.#sources.figures(),
      problems: this.#sources.problems,
      certificates: [validityOf(controllerSubject, new X509Certificate(this.#credentials.certificate))],
    };
  }

  async #serve(): Promise<void> {
    const { campaign, via, log } = this.#options;
    const { signal } = this.#stopped;
    let lease: Lease | undefined;
    try {
      lease = await campaign?.(this.#name, this.#epochs.read(), signal);
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    }
    const term = new Term({
      controller: this.#name,
      via,
      credentials: this.#credentials,
      trust: this.#trust,
      views: this.#views,
      holdings: this.#sources,
      acting: () => this.#sources.speak(true),
      distances: this.#distances,
      echoSecret: this.#echoSecret,
      epochs: this.#epochs,
      lease,
      sent: (topic, bytes) => this.#sent.add(topic, bytes),
      status: (site, status) => this.#statuses.record(site, status, performance.now()),
      log,
    });
    this.#term = term;
    if (signal.aborted) term.end('it was stopped');
    try {
      log.info({ reason: await term.act() }, 'the controller stopped acting as leader');
    } finally {
      this.#sources.speak(false);
      this.#term = undefined;
      await term.close();
      await lease?.release();
    }
  }

  #take(change: ModelChange): void {
    if (this.#term) this.#term.update(change);
    else this.#views.apply(change);
  }

  #renew(): void {
    const { tls, log } = this.#options;
    const credentials = readCredentials(tls);
    expectSubject(credentials, controllerSubject, tls);
    const isOther = this.#trust.believe(credentials.authorities);
    this.#credentials = credentials;
    this.#trust
      .revoke(credentials.revocations)
      .then((isNew) => {
        this.#term?.renew(this.#credentials);
        log.info({ revocations: isNew, authorities: isOther }, 'certificates reloaded');
      })
      .catch((error) => log.error({ problem: error.message }, 'revocation list (crl.pem) cannot be read'));
  }
}
