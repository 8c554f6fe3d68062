import { connect } from 'node:net';
import { Uses } from '../../lib/uses.ts';
import type { ServiceView } from '../view/view.ts';
import { type Health, type Outcome, Pulse } from './pulse.ts';
import { type Target, targetsOf } from './targets.ts';

/** Milliseconds between two attempts at what clients are led to, at what is spare, and while there is doubt. */
const usedEvery = 300;
const spareEvery = 3000;
const doubtEvery = 100;
/** Milliseconds for a connection. */
const timeout = 300;
/** A second, of a whole gateway: with more targets than that allows, all are checked less often. */
const attemptsAtMost = 1000;

export interface ChecksOptions {
  /** A target does not answer, or does again; and the services that lead there. */
  changed(target: string, isDown: boolean, services: readonly string[]): void;
  /** A target was connected to, in so many milliseconds. */
  connected?(target: Target, milliseconds: number): void;
  /** Targets that did not answer when it was known last. */
  readonly down?: Iterable<string>;
  /** Not given: connects, for real. */
  readonly attempt?: (target: Target) => Promise<Outcome>;
}

interface Checked {
  target: Target;
  readonly pulse: Pulse;
  timer: NodeJS.Timeout | undefined;
  attempts: number;
}

/** Active checks of the copies that a gateway leads clients to: whether their ports can be connected to. */
export class Checks {
  readonly #options: ChecksOptions;
  readonly #attempt: (target: Target) => Promise<Outcome>;
  readonly #checked = new Map<string, Checked>();
  readonly #uses = new Uses();
  /** The same of targets that clients are led to. */
  readonly #leads = new Uses();
  /** By service and target, whether clients are led there by the service. */
  readonly #targets = new Map<string, readonly Target[]>();
  /** Targets that did not answer before. */
  readonly #wasDown: Set<string>;
  #isClosed = false;

  constructor(options: ChecksOptions) {
    this.#options = options;
    this.#attempt = options.attempt ?? connectTo;
    this.#wasDown = new Set(options.down);
  }

  /** Checks what a service needs from now on; nothing: it went. */
  set(key: string, service: ServiceView | undefined): void {
    const before = this.#targets.get(key) ?? [];
    const targets = targetsOf(service);
    if (targets.length > 0) this.#targets.set(key, targets);
    else this.#targets.delete(key);
    this.#uses.set(key, new Set(targets.map((target) => target.key)));
    this.#leads.set(key, new Set(targets.filter(({ isUsed }) => isUsed).map((target) => target.key)));
    for (const target of [...before, ...targets]) this.#check(target);
  }

  isDown(target: string): boolean {
    return this.health(target) === 'down';
  }

  /** Nothing: it is not checked, or never answered. */
  health(target: string): Health {
    return this.#checked.get(target)?.pulse.health;
  }

  /** Targets that do not answer. */
  down(): string[] {
    return [...this.#checked.keys()].filter((target) => this.isDown(target));
  }

  close(): void {
    this.#isClosed = true;
    for (const { timer } of this.#checked.values()) clearTimeout(timer);
    this.#checked.clear();
  }

  /** Begins to check a target, goes on as somebody uses it now, or ends. */
  #check(target: Target): void {
    const checked = this.#checked.get(target.key);
    if (!this.#uses.isUsed(target.key)) {
      clearTimeout(checked?.timer);
      this.#checked.delete(target.key);
      return;
    }
    const isUsed = this.#leads.isUsed(target.key);
    if (checked) {
      const isSooner = isUsed && !checked.target.isUsed;
      checked.target = { ...target, isUsed };
      if (isSooner) this.#plan(checked);
      return;
    }
    const begun = {
      target: { ...target, isUsed },
      pulse: new Pulse(this.#wasDown.delete(target.key) ? 'down' : undefined),
      timer: undefined,
      attempts: 0,
    };
    this.#checked.set(target.key, begun);
    this.#plan(begun);
  }

  #plan(checked: Checked): void {
    const usual = checked.target.isUsed ? usedEvery : spareEvery;
    const least = (this.#checked.size / attemptsAtMost) * 1000;
    const pause = checked.pulse.isInDoubt ? doubtEvery : Math.max(usual, least);
    // Gateways that learn of a copy in the same moment do not all come in the same moment.
    const wait = checked.attempts === 0 ? Math.random() * usedEvery : pause;
    clearTimeout(checked.timer);
    checked.timer = setTimeout(() => this.#try(checked), wait);
  }

  /** The next attempt does not wait for the end of this one: silence is noticed in time all the same. */
  #try(checked: Checked): void {
    const number = checked.attempts++;
    const { target } = checked;
    const began = performance.now();
    this.#attempt(target).then((outcome) => {
      if (outcome === 'open') this.#options.connected?.(target, performance.now() - began);
      this.#record(checked, outcome, number);
    });
    this.#plan(checked);
  }

  #record(checked: Checked, outcome: Outcome, attempt: number): void {
    const { target, pulse } = checked;
    if (this.#isClosed || this.#checked.get(target.key) !== checked) return;
    const wasInDoubt = pulse.isInDoubt;
    const isChanged = pulse.add(outcome, attempt);
    if (pulse.isInDoubt && !wasInDoubt) this.#plan(checked);
    if (isChanged)
      this.#options.changed(target.key, pulse.health === 'down', [...this.#uses.usersOf(target.key)]);
  }
}

function connectTo({ address, port }: Target): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const end = (outcome: Outcome) => {
      socket.destroy();
      resolve(outcome);
    };
    socket.setTimeout(timeout, () => end('silent'));
    socket.once('connect', () => end('open'));
    socket.once('error', (error: NodeJS.ErrnoException) =>
      end(error.code === 'ECONNREFUSED' ? 'refused' : 'silent'),
    );
  });
}
