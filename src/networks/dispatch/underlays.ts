import type { HeddleError } from '../../lib/errors.ts';
import { RetryLoop } from '../../lib/retry-loop.ts';
import type { StateManager } from '../../state/state-manager.ts';
import type { Underlay } from '../nve/edge.ts';
import { follow } from './follow.ts';
import { type HostState, hostKey, hostsPrefix } from './host-report.ts';

/**
 * Says where the edges of all hosts are, as hosts come, move and leave. A host whose node is away is where it was: its frames pass
 * while nobody watches.
 */
export class Underlays {
  readonly #here: string;
  readonly #state: StateManager;
  readonly #hosts = new Map<string, Underlay>();
  readonly #loop: RetryLoop;
  readonly #stop = new AbortController();
  #following: Promise<void> | undefined;

  /** `meet`: hears of them at first when all are known. */
  constructor(
    here: string,
    state: StateManager,
    meet: (hosts: readonly Underlay[]) => Promise<void>,
    failed: (error: HeddleError) => void,
  ) {
    this.#here = here;
    this.#state = state;
    this.#loop = new RetryLoop(async () => {
      await meet([...this.#hosts.values()]);
      return undefined;
    }, failed);
  }

  start(): void {
    this.#following = follow(
      this.#state,
      hostsPrefix,
      {
        all: (entries) => {
          // A list without this host is of a state that was lost, or is another's: nobody is gone by it.
          if (entries.some(({ key }) => key === hostKey(this.#here))) this.#hosts.clear();
          for (const { key, value } of entries) this.#hosts.set(key, underlayIn(value));
          if (this.#hosts.size > 0) this.#loop.due();
        },
        changed: ({ key, value }) => {
          if (value === undefined) this.#hosts.delete(key);
          else this.#hosts.set(key, underlayIn(value));
          this.#loop.due();
        },
        // Whoever carries things out says it.
        failed: () => {},
      },
      this.#stop.signal,
    );
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#following;
    await this.#loop.stop();
  }
}

/** Hosts of another version may say less. */
function underlayIn(value: unknown): Underlay {
  return (value as HostState | null)?.edge?.underlay ?? [];
}
