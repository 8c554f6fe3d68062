import { expect } from 'vitest';
import { NodeClient } from '../../src/api/client.ts';
import type { ContainerStatus, OperationEvent } from '../../src/api/messages.ts';
import type { DeploymentSpec } from '../../src/selector/spec.ts';
import { follow } from './follow.ts';
import { isAlive, type TestHost } from './host.ts';
import { until } from './until.ts';

/** An application whose node is killed while it is made or taken away: the same command again has to end as ever. */
export class KillMatrix {
  readonly #host: TestHost;
  readonly #name: string;
  readonly project: readonly string[];
  #spec!: DeploymentSpec;
  /** Its containers, with their states, when all of it is up. */
  whole: readonly string[] = [];
  /** How many steps `up` has from nothing, and `down` from everything. */
  steps = { up: 0, down: 0 };

  constructor(host: TestHost, name: string, text: string) {
    this.#host = host;
    this.#name = name;
    this.project = host.project(name, text);
  }

  /** Brings it up and takes it down, undisturbed. */
  async prepare(): Promise<void> {
    this.#spec = await this.#host.json<DeploymentSpec>('spec', ...this.project);
    await this.#host.ok('up', ...this.project);
    this.whole = await this.containers();
    const down = await follow(
      this.#client().down(this.#name, { volumes: true }),
      Number.POSITIVE_INFINITY,
      () => {},
    );
    this.steps = { up: (await this.#client().plan({ spec: this.#spec })).steps.length, down };
    expect(Math.min(this.steps.up, down)).toBeGreaterThan(10);
  }

  async containers(): Promise<string[]> {
    const rows = await this.#host.json<ContainerStatus[]>('ps', '--all', ...this.project);
    return rows.map(({ name, state }) => `${name} ${state}`).sort();
  }

  /**
   * Kills the node after a step of `up`, from 1: the same `up` ends in the same state. Then kills it after a step of `down`: the
   * same `down` leaves nothing. Without a step, what is done is not disturbed.
   */
  async round(up: number | undefined, down: number | undefined): Promise<void> {
    const killed = `killed after step ${up} of ${this.steps.up} of up, and ${down} of ${this.steps.down} of down`;
    if (up !== undefined) await this.#killAfter(up, this.#client().up({ spec: this.#spec }));
    await this.#host.ok('up', ...this.project);
    // A probe ends by itself where a part of it did, and the node starts it again: that is no failure of what was killed.
    const isWhole = async () => (await this.containers()).join() === this.whole.join();
    await until('all is there', isWhole, 20_000).catch(() => {});
    expect(await this.containers(), killed).toEqual(this.whole);
    expect(await this.#host.json('plan', ...this.project), killed).toEqual([]);
    if (down === undefined) await this.#host.ok('down', ...this.project, '--volumes');
    else {
      await this.#killAfter(down, this.#client().down(this.#name, { volumes: true }));
      // After the last step there is nothing to take down any more, which it says.
      await this.#host.heddle('down', ...this.project, '--volumes');
    }
    expect(this.#host.leftovers(this.#name), killed).toEqual([]);
  }

  /** A round for each of these steps of `up` and of `down`, as many as there are of either. */
  async rounds(ups: readonly number[], downs: readonly number[]): Promise<void> {
    for (let index = 0; index < Math.max(ups.length, downs.length); index++)
      await this.round(ups[index], downs[index]);
  }

  async #killAfter(step: number, events: AsyncIterable<OperationEvent>): Promise<void> {
    const pid = await this.#host.nodePid();
    const done = await follow(events, step, () => process.kill(pid, 'SIGKILL'));
    expect(done).toBeGreaterThanOrEqual(step);
    await until('the node is gone', () => !isAlive(pid));
  }

  #client(): NodeClient {
    return new NodeClient(`${this.#host.runDir}/node.sock`);
  }
}
