import { noPolicy } from '../../src/edge/model/model.ts';
import type { EdgeListing, ListedCopy, ListedService } from '../../src/edge/sources/engine/record.ts';

// For tests: what a node says, and a node that says it.

export function listed(name: string, copies: Readonly<Record<string, string | null>> = {}): ListedService {
  return {
    project: 'shop',
    service: name,
    name,
    namespace: 'shop',
    explicit: false,
    ports: [{ name: 'http', port: 80, protocol: 'tcp', application: 'http' }],
    steer: 'gateway',
    failover: 5,
    policy: noPolicy,
    copies: Object.entries(copies).map(
      ([id, address]): ListedCopy => ({ id, address, ports: { http: 8080 }, ready: true, draining: false }),
    ),
  };
}

/** A node of a host, as far as its API for followers goes. */
export class SpeakingNode {
  #listing: EdgeListing = { services: [] };
  #told: ((listing: unknown, isLast?: boolean) => void)[] = [];

  get services(): readonly ListedService[] {
    return this.#listing.services;
  }

  /** How many listen. */
  get listeners(): number {
    return this.#told.length;
  }

  /** What is published, and that all who listen are told so. */
  set services(services: readonly ListedService[]) {
    this.#listing = { services };
    this.say(this.#listing);
  }

  say(said: unknown): void {
    for (const tell of this.#told) tell(said);
  }

  /** As when its process ends. */
  hangUp(): void {
    for (const tell of this.#told) tell(undefined, true);
  }

  /** At first all there is, then what is said. */
  async *listen(signal: AbortSignal): AsyncGenerator<unknown> {
    const said: unknown[] = [this.#listing];
    let wake = () => {};
    let isOver = false;
    const tell = (listing: unknown, isLast = false) => {
      if (isLast) isOver = true;
      else said.push(listing);
      wake();
    };
    const end = () => tell(undefined, true);
    signal.addEventListener('abort', end);
    this.#told.push(tell);
    try {
      while (!isOver || said.length > 0) {
        if (said.length > 0) yield said.shift();
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      signal.removeEventListener('abort', end);
      this.#told = this.#told.filter((one) => one !== tell);
    }
  }
}
