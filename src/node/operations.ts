import PQueue from 'p-queue';
import { interruptedError } from '../deploy/interrupted.ts';

/** Who asked for an operation, and what becomes of it when they go. */
export interface Client {
  /** Aborts when the client has gone. */
  readonly gone?: AbortSignal | undefined;
  /** Whether the operation goes on without its client. */
  readonly detached?: boolean | undefined;
}

/** What kind of operation it is: `undo` takes away or changes by hand what `make` makes, at once; `heal` is the node's own; `brief` ones disturb nobody. */
export type Kind = 'make' | 'undo' | 'heal' | 'brief';

interface Operation {
  readonly kind: Kind;
  readonly client: Client;
  readonly end: AbortController;
}

/**
 * The operations on one application, one at a time. One ends with its client unless it was detached; one that waits gives
 * way to one that would make its waiting vain.
 */
export class Operations {
  readonly #queue = new PQueue({ concurrency: 1 });
  readonly #pending = new Set<Operation>();

  /**
   * Carries out an operation when those before it are over. `signal` aborts when it is to end: nothing more is begun then.
   * @throws HeddleError ERR_INTERRUPTED when it was to end before it began
   */
  async run<T>(
    kind: Kind,
    what: string,
    client: Client,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const operation: Operation = { kind, client, end: new AbortController() };
    const { signal } = operation.end;
    for (const other of this.#pending) if (givesWay(other, kind)) other.end.abort(`${what} took its place`);
    const leave = () => operation.end.abort('whoever asked for it has gone');
    if (!client.detached) {
      if (client.gone?.aborted) leave();
      client.gone?.addEventListener('abort', leave, { once: true });
    }
    this.#pending.add(operation);
    try {
      return await this.#queue.add(() => {
        if (signal.aborted) throw interruptedError(what, signal);
        return work(signal);
      });
    } finally {
      this.#pending.delete(operation);
      client.gone?.removeEventListener('abort', leave);
    }
  }

  get isBusy(): boolean {
    return this.#pending.size > 0;
  }

  /** Ends when nothing is under way; at once when nothing is. */
  idle(): Promise<void> {
    return this.#queue.onIdle();
  }
}

/** Whether what is under way or queued ends for another that comes. */
function givesWay({ kind, client }: Operation, next: Kind): boolean {
  if (next === 'heal' || next === 'brief' || kind === 'undo' || kind === 'brief') return false;
  return next === 'undo' || kind === 'heal' || (client.detached === true && client.gone?.aborted === true);
}
