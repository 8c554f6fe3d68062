import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type HeddleError, SeveralErrors, toHeddleError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { parseCounters } from '../../lib/net-dev.ts';
import { RetryLoop } from '../../lib/retry-loop.ts';
import type { BondSight, BondWish } from './bond-driver.ts';
import { History } from './history.ts';
import { judge } from './judge.ts';
import { MadeBond } from './made-bond.ts';
import type { BondsSettings } from './settings.ts';
import type { BondStatus } from './status.ts';

/** Milliseconds between two looks at how it is, and between two at whether it is as it should be. */
const looking = { state: 1000, all: 5000 };
/** Milliseconds that others wait at most for what they take for their uplink: Open vSwitch may be away. */
const longestStart = 5000;

/** The bonds of this node. What carries packets outlives this process. */
export class Bonds {
  readonly #bonds: readonly Bond[];
  /** Takes away those that nobody asks for any more, as soon as that can be done. */
  readonly #leaving: RetryLoop;

  /** @param folder for what has to last; only root can enter it */
  constructor(settings: BondsSettings, folder: string, log: Log) {
    this.#bonds = Object.entries(settings).map(([name, one]) => new Bond({ ...one, name }, folder, log));
    let told = '';
    const tell = ({ code, message }: Pick<HeddleError, 'code' | 'message'>) => {
      if (message !== told) log.error({ code }, message);
      told = message;
    };
    this.#leaving = new RetryLoop(async () => {
      const owed = await removeBonds(folder, settings);
      if (owed.length === 0) return undefined;
      tell({ code: 'ERR_OVS', message: owed.join('; ') });
      return looking.all;
    }, tell);
  }

  /** Returns when each was made, or could not be. */
  async start(): Promise<void> {
    this.#leaving.due();
    await Promise.race([
      Promise.all(this.#bonds.map((bond) => bond.start())),
      sleep(longestStart, undefined, { ref: false }),
    ]);
  }

  async stop(): Promise<void> {
    await Promise.all([this.#leaving.stop(), ...this.#bonds.map((bond) => bond.stop())]);
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
    this.#made = new MadeBond(wish, path.join(folder, wish.name));
    this.#loop = new RetryLoop(
      () => this.#bringAbout(),
      // What keeps it from being as it should be, it says itself.
      ({ code, message }) => log.error({ code, bond: wish.name }, message),
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

  /** What keeps it from being made anew does not keep anybody from seeing how it is. */
  async #bringAbout(): Promise<number> {
    const now = performance.now();
    if (this.#trouble !== undefined || now - this.#applied >= looking.all) {
      this.#trouble = await this.#made.apply().then(() => undefined, messageOf);
      this.#applied = now;
    }
    let sight: BondSight | undefined;
    try {
      sight = await this.#made.driver?.look(this.#wish);
    } catch (error) {
      this.#trouble ??= messageOf(error);
    }
    this.#see(sight);
    this.#isStarted.resolve();
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
    const all = parseCounters(readFileSync('/proc/net/dev', 'utf8'));
    const counters = new Map(all.map((one) => [one.name, one]));
    const lately = new Map(
      wish.links.map((name) => {
        const { sent, errors = 0 } = counters.get(name) ?? {};
        const falls = sight?.members.find((one) => one.name === name)?.falls;
        const counted = { sent: sent?.bytes ?? 0, errors, falls };
        return [name, this.#history.take(name, counted, performance.now())];
      }),
    );
    const { driver = { name: wish.driver ?? 'ovs', cost: undefined }, mtu, addresses } = this.#made;
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
}

function messageOf(error: unknown): string {
  const { message, hint } = toHeddleError(error);
  return hint === undefined ? message : `${message} (${hint})`;
}

/**
 * Takes away bonds that were made before and that nobody asks for any more; what keeps one from it does not keep others.
 * @returns what Open vSwitch has of them while it does not run, in words: it brings that back
 * @throws HeddleError ERR_NETWORK, ERR_OVS
 */
export async function removeBonds(folder: string, wanted: BondsSettings = {}): Promise<string[]> {
  const errors: HeddleError[] = [];
  const owed: string[] = [];
  for (const name of notedBonds(folder).filter((one) => !wanted[one]))
    await MadeBond.remove(name, path.join(folder, name)).catch(async (error) => {
      const left = await MadeBond.owed(name, path.join(folder, name));
      if (left === undefined) errors.push(toHeddleError(error));
      else owed.push(left);
    });
  const [first] = errors;
  if (first && errors.length === 1) throw first;
  if (first) throw new SeveralErrors(first.code, errors.map(({ message }) => message).join('; '), errors);
  if (notedBonds(folder).length === 0) rmSync(folder, { recursive: true, force: true });
  return owed;
}

/** Nobody is to take that away any more. */
export function giveUpBonds(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

function notedBonds(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
