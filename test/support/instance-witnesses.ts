import { readdirSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { functionNamespace } from '../../src/networks/namespaces.ts';
import { FlowWitness } from './flow-witness.ts';
import { until } from './until.ts';

/** Milliseconds between two looks for an instance that came. */
const pause = 5;

/** Witnesses at the instances of a function: at those that are there, and at each that comes, before it is led to. */
export class InstanceWitnesses implements Disposable {
  readonly #namespace: string;
  readonly #first: readonly string[];
  readonly #at = new Map<string, FlowWitness>();
  readonly #failures: Error[] = [];
  #isEnded = false;

  private constructor(fn: string) {
    this.#namespace = functionNamespace(fn);
    this.#first = this.#there();
  }

  /** `fn`: the pod of its first instance; versions of it are called after that. */
  static async of(fn: string): Promise<InstanceWitnesses> {
    const own = new InstanceWitnesses(fn);
    if (own.#first.length === 0) throw new Error(`${fn} is in no namespace`);
    await own.#look();
    void own.#watch();
    return own;
  }

  /** Waits until one that came has connections. */
  async untilTaken(): Promise<void> {
    await until('another instance takes connections', () => {
      for (const failure of this.#failures) throw failure;
      return this.#new().some(({ seen }) => seen.there.size > 0);
    });
  }

  /** What these connections, by the ports of their clients, passed. */
  judge(ports: readonly number[]): { moved: number; around: number; taken: number } {
    for (const failure of this.#failures) throw failure;
    const all = [...this.#at.values()].map(({ seen }) => seen);
    const isAt = (port: number) => all.filter(({ there, back }) => there.has(port) || back.has(port));
    const isWhole = (port: number) =>
      all.some(({ there }) => there.has(port)) && all.some(({ back }) => back.has(port));
    const later = this.#new().map(({ seen }) => seen.there);
    return {
      moved: ports.filter((port) => isAt(port).length > 1).length,
      around: ports.filter((port) => !isWhole(port)).length,
      taken: ports.filter((port) => later.some((there) => there.has(port))).length,
    };
  }

  [Symbol.dispose](): void {
    this.#isEnded = true;
    for (const witness of this.#at.values()) witness.end();
  }

  async #watch(): Promise<void> {
    while (!this.#isEnded) {
      await this.#look().catch((error: Error) => this.#failures.push(error));
      await wait(pause);
    }
  }

  async #look(): Promise<void> {
    for (const name of this.#there()) if (!this.#at.has(name)) this.#at.set(name, await FlowWitness.at(name));
  }

  #there(): string[] {
    return readdirSync('/run/netns').filter(
      (name) => name === this.#namespace || name.startsWith(`${this.#namespace}.`),
    );
  }

  #new(): FlowWitness[] {
    return [...this.#at].flatMap(([name, witness]) => (this.#first.includes(name) ? [] : [witness]));
  }
}
