import type { ChildProcess } from 'node:child_process';
import type { ConnectionsOrder, ConnectionsOutcome } from './connections.ts';
import { serverPort } from './flow-witness.ts';
import { echoing } from './stream.ts';
import { Told } from './told.ts';

/** Ports of clients: below are those of probes, and the server's. */
const [lowest, highest] = [10_000, 60_000];

/** A pod that opens connections to another, at a steady pace. */
export class LoadedChain implements Disposable {
  readonly #client: string;
  readonly #address: string;
  readonly #server: ChildProcess;
  #load: Told | undefined;
  #port = lowest;

  private constructor(client: string, address: string, server: ChildProcess) {
    this.#client = client;
    this.#address = address;
    this.#server = server;
  }

  /** `from`, `to`: the pods' network namespaces, by their names under /run/netns; `address`: where the latter is reached. */
  static async start(from: string, to: string, address: string): Promise<LoadedChain> {
    return new LoadedChain(from, address, await echoing(`/run/netns/${to}`, serverPort));
  }

  /** Begins with so many connections a second, and so many that are kept; returns when some were answered. */
  async begin(perSecond: number, kept: number): Promise<void> {
    if (this.#port > highest) this.#port = lowest;
    const order: ConnectionsOrder = {
      address: this.#address,
      port: serverPort,
      perSecond,
      kept,
      firstPort: this.#port,
    };
    this.#load = new Told(this.#client, 'connections-process.ts');
    await this.#load.tell(order);
  }

  /** Closes those that are kept. */
  async close(): Promise<void> {
    await this.#say('close');
  }

  /** Ends all; what became of them. */
  async end(): Promise<ConnectionsOutcome> {
    const outcome = JSON.parse(await this.#say('end')) as ConnectionsOutcome;
    this.#port = outcome.nextPort;
    return outcome;
  }

  [Symbol.dispose](): void {
    for (const child of [this.#server, this.#load?.child]) child?.kill('SIGKILL');
  }

  async #say(word: string): Promise<string> {
    if (!this.#load) throw new Error('nothing was begun');
    this.#load.child.stdin.write(`${word}\n`);
    return this.#load.told();
  }
}
