import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type HeddleError, toHeddleError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { RetryLoop } from '../../lib/retry-loop.ts';
import type { BondSight, BondWish } from './bond-driver.ts';
import { bondDrivers, chosenDriver } from './drivers.ts';
import { History } from './history.ts';
import { judge } from './judge.ts';
import { hasKernelBond } from './kernel/kernel-bond.ts';
import { MadeBond } from './made-bond.ts';
import { deviceCounters } from './proc-net-dev.ts';
import type { BondsSettings } from './settings.ts';
import type { BondStatus } from './status.ts';

/** Milliseconds between two looks at how it is, and between two at whether it is as it should be. */
const looking = { state: 1000, all: 5000 };

/** The bonds of this node. What carries packets outlives this process. */
export class Bonds {
  readonly #bonds: readonly Bond[];

  /** @param folder for what has to last; only root can enter it */
  constructor(settings: BondsSettings, folder: string, log: Log) {
    this.#bonds = Object.entries(settings).map(([name, one]) => new Bond({ ...one, name }, folder, log));
  }

  /** Returns when each was made, or could not be. */
  async start(): Promise<void> {
    await Promise.all(this.#bonds.map((bond) => bond.start()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#bonds.map((bond) => bond.stop()));
  }

  status(): BondStatus[] {
    return this.#bonds.map((bond) => bond.status);
  }
}

class Bond {
  readonly #wish: BondWish;
  readonly #made: MadeBond;
  readonly #log: Log;
  readonly #history = new History();
  readonly #loop: RetryLoop;
  readonly #isStarted = Promise.withResolvers<void>();
  #applied = Number.NEGATIVE_INFINITY;
  #status: BondStatus | undefined;
  #trouble: string | undefined;
  #told: string | undefined;

  constructor(wish: BondWish, folder: string, log: Log) {
    this.#wish = wish;
    this.#log = log;
    const driver = bondDrivers[chosenDriver(wish, hasKernelBond())];
    this.#made = new MadeBond(wish, driver, path.join(folder, wish.name));
    this.#loop = new RetryLoop(
      () => this.#bringAbout(),
      (error) => this.#failed(error),
    );
  }

  async start(): Promise<void> {
    this.#loop.due();
    await this.#isStarted.promise;
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  get status(): BondStatus {
    return this.#status ?? this.#judged(undefined, Date.now());
  }

  async #bringAbout(): Promise<number> {
    const now = performance.now();
    try {
      if (now - this.#applied >= looking.all) {
        await this.#made.apply();
        this.#applied = now;
        this.#trouble = this.#made.trouble;
      }
      this.#see(await this.#made.driver.look(this.#wish));
    } catch (error) {
      this.#applied = Number.NEGATIVE_INFINITY;
      this.#trouble = toHeddleError(error).message;
      this.#see(undefined);
      throw error;
    } finally {
      this.#isStarted.resolve();
    }
    return looking.state;
  }

  #see(sight: BondSight | undefined): void {
    const before = this.#status;
    const now = this.#judged(sight, Date.now());
    this.#status = now;
    const said = `${now.state}: ${now.reason}`;
    if (said === this.#told) return;
    this.#told = said;
    const level = now.state === 'up' ? 'info' : 'warn';
    if (before || now.state !== 'down') this.#log[level]({ bond: now.name }, `bond ${now.name} is ${said}`);
  }

  #judged(sight: BondSight | undefined, now: number): BondStatus {
    const wish = this.#wish;
    const counters = deviceCounters();
    const lately = new Map(
      wish.links.map((name) => {
        const { sent = 0, errors = 0 } = counters.get(name) ?? {};
        const falls = sight?.members.find((one) => one.name === name)?.falls ?? 0;
        return [name, this.#history.take(name, { sent, errors, falls }, performance.now())];
      }),
    );
    const { driver, mtu, addresses } = this.#made;
    const judged = judge({
      wish,
      driver,
      sight,
      trouble: this.#trouble,
      counters,
      lately,
      mtu,
      addresses,
      refused: this.#made.refused,
    });
    const before = this.#status;
    const since = before?.state === judged.state ? before.since : new Date(now).toISOString();
    return { ...judged, since };
  }

  #failed({ code, message }: HeddleError): void {
    if (message !== this.#told) this.#log.error({ code, bond: this.#wish.name }, message);
    this.#told = message;
  }
}

/**
 * Takes away bonds that were made before and that nobody asks for any more.
 * @throws HeddleError ERR_NETWORK, ERR_OVS
 */
export async function removeBonds(folder: string, wanted: BondsSettings = {}): Promise<void> {
  if (!existsSync(folder)) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(folder))
    if (!wanted[name]) await MadeBond.remove(name, path.join(folder, name));
  if (readdirSync(folder).length === 0) rmSync(folder, { recursive: true });
}
