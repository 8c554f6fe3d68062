import { type Clock, systemClock } from '../../lib/clock.ts';
import { HeddleError, toHeddleError } from '../../lib/errors.ts';
import { contentHash } from '../../lib/hash.ts';
import type { Log } from '../../lib/log.ts';
import { RetryLoop } from '../../lib/retry-loop.ts';
import type { KeyPair } from '../../lib/x509.ts';
import type { CertificateSource, Proxying } from '../proxy/certificate-source.ts';
import type { Certificate } from '../proxy/driver.ts';
import type { CurrentView } from '../view/view.ts';
import type { Challenges } from './challenges.ts';
import { Refusal } from './refusal.ts';
import { RetrySchedule, renewAt } from './schedule.ts';
import type { AcmeStore } from './store.ts';
import { type WantedCertificate, wantedCertificates } from './wanted.ts';

/** Milliseconds after which the clock is looked at again, which may have jumped. */
const longestSleep = 600_000;
/** Milliseconds after which changes are looked at: many may come at once, and each look costs what there is. */
const lookAfter = 250;

export interface KeeperOptions {
  /** What an order is made with; its requests end when the gateway does. */
  readonly client: { order(names: readonly string[]): Promise<KeyPair> };
  readonly store: AcmeStore;
  readonly challenges: Challenges;
  /** Names to have certificates for; empty: all that the gateway leads on from. */
  readonly only: readonly string[];
  readonly log: Log;
  /** Ends what is under way. */
  readonly abort: AbortController;
  /** Not given: the host's. */
  readonly clock?: Clock;
}

/** Certificates from an ACME server for what the proxy of a gateway does: ordered when they are wanted, and renewed. */
export class AcmeKeeper implements CertificateSource {
  readonly #options: KeeperOptions;
  readonly #clock: Clock;
  readonly challenges: Challenges;
  #changed: () => void = () => {};
  #wanted: readonly WantedCertificate[] = [];
  /** Whether the server can ask for what it has to see. */
  #isOpen = false;
  #complaints = '';
  readonly #server = new RetrySchedule();
  readonly #each = new Map<string, RetrySchedule>();
  #proxied: (Proxying & { readonly view: CurrentView }) | undefined;
  #look: NodeJS.Timeout | undefined;
  readonly #retryLoop = new RetryLoop(
    () => this.#catchUp(),
    ({ code, message }) => this.#options.log.error({ code }, message),
  );

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.challenges = options.challenges;
    for (const problem of options.store.damaged)
      options.log.warn({ problem }, 'stored certificate is damaged; ordering a new one');
  }

  read(): Certificate[] {
    return [...this.#options.store.all];
  }

  wanted(): Certificate[] {
    return this.#wanted.flatMap(({ id }) => this.#options.store.get(id) ?? []);
  }

  start(changed: () => void): void {
    this.#changed = changed;
  }

  proxied(view: CurrentView, how: Proxying): void {
    this.#proxied = { view, ...how };
    if (!this.#options.abort.signal.aborted) this.#look ??= setTimeout(() => this.#lookAt(), lookAfter);
  }

  async stop(): Promise<void> {
    this.#options.abort.abort();
    clearTimeout(this.#look);
    await this.#retryLoop.stop();
  }

  /** Works out what is wanted of what was told last. */
  #lookAt(): void {
    this.#look = undefined;
    if (!this.#proxied) return;
    const { view, isOpen, balance } = this.#proxied;
    const others = Object.entries(view.gateways).filter(([site]) => site !== view.site);
    this.challenges.setPeers(others.flatMap(([, addresses]) => addresses));
    const { certificates, problems } = wantedCertificates(view, balance, this.#options.only);
    const closed = 'port 80, where an ACME server asks, is not listened on';
    this.#complain(isOpen || problems.length > 0 ? problems : [closed]);
    for (const id of this.#each.keys()) if (!certificates.some((one) => one.id === id)) this.#each.delete(id);
    this.#wanted = certificates;
    this.#isOpen = isOpen;
    this.#retryLoop.due();
  }

  #complain(problems: readonly string[]): void {
    const complaints = problems.join('\n');
    if (complaints === this.#complaints) return;
    this.#complaints = complaints;
    for (const problem of problems)
      this.#options.log.error({ code: 'ERR_EDGE_ACME' }, `no certificate is ordered: ${problem}`);
  }

  /**
   * Orders what is due, one after the other.
   * @returns milliseconds until something is again
   */
  async #catchUp(): Promise<number> {
    const { store, abort } = this.#options;
    let isChanged = false;
    for (;;) {
      const next = this.#next();
      const wait = next?.wait ?? Number.POSITIVE_INFINITY;
      if (!next || wait > 0 || abort.signal.aborted) {
        if (isChanged) this.#changed();
        const ids = new Set(this.#wanted.map(({ id }) => id));
        store.sweep((id) => ids.has(id), this.#clock.wall());
        return Math.min(wait, longestSleep);
      }
      isChanged = (await this.#order(next.wanted)) || isChanged;
    }
  }

  /** What is due first, and in how many milliseconds: certificates go by the time of day, what failed does not. */
  #next(): { readonly wanted: WantedCertificate; readonly wait: number } | undefined {
    const [wall, steady] = [this.#clock.wall(), this.#clock.steady()];
    const due = (this.#isOpen ? this.#wanted : []).map((wanted) => ({
      wanted,
      wait: Math.max(
        this.#dueAt(wanted) - wall,
        this.#server.until - steady,
        (this.#each.get(wanted.id)?.until ?? Number.NEGATIVE_INFINITY) - steady,
      ),
    }));
    return due.reduce<(typeof due)[number] | undefined>((a, b) => (a && a.wait <= b.wait ? a : b), undefined);
  }

  #dueAt({ id, names }: WantedCertificate): number {
    const held = this.#options.store.get(id);
    const isFor = held && names.every((name) => held.names.includes(name));
    return isFor ? renewAt(held, shareOf(`${this.#proxied?.view.site} ${id}`)) : 0;
  }

  /** @returns whether there is a new certificate */
  async #order({ id, names }: WantedCertificate): Promise<boolean> {
    const { client, store, log, abort } = this.#options;
    try {
      const pair = await client.order(names);
      const { until } = store.keep(id, pair);
      this.#server.succeeded();
      this.#each.delete(id);
      log.info({ names, until: iso(until) }, 'a certificate was issued');
      return true;
    } catch (error) {
      if (!abort.signal.aborted) this.#failed({ id, names }, error);
      return false;
    }
  }

  #failed({ id, names }: WantedCertificate, error: unknown): void {
    const { store, log } = this.#options;
    const refusal = error instanceof Refusal ? error : undefined;
    const { code, message, hint } = error instanceof HeddleError ? error : toHeddleError(error);
    const own = this.#each.get(id) ?? new RetrySchedule();
    const retry = refusal?.everything ? this.#server : own;
    if (!refusal?.everything) this.#each.set(id, own);
    const [wall, steady] = [this.#clock.wall(), this.#clock.steady()];
    retry.failed({ unreached: refusal?.unreached ?? false, retryAfter: refusal?.retryAfter }, steady);
    const held = store.get(id);
    const holds = held && held.until > wall ? 'holds' : 'held';
    const rest = held ? `; the one that ${holds} until ${iso(held.until)} stays` : '';
    log.error(
      { code, names, hint, again: iso(wall + retry.until - steady) },
      `no certificate was issued: ${message}${rest}`,
    );
  }
}

/** 0 to 1, always the same for a text. */
function shareOf(text: string): number {
  return Number.parseInt(contentHash(text).slice(0, 8), 16) / 0xffff_ffff;
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
