import type { Change, Condition, StateManager } from '../../src/state/state-manager.ts';

/** How much longer a process lives, in changes that it makes. */
export class Life {
  readonly ended: Promise<void>;
  readonly #end: () => void;
  readonly #isLastMade: boolean;
  #left: number;

  /** @param isLastMade whether its last change is made, or it dies before that */
  constructor(changes: number, isLastMade: boolean) {
    this.#left = changes;
    this.#isLastMade = isLastMade;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#end = resolve;
  }

  get isOver(): boolean {
    return this.#left <= 0;
  }

  async change<T>(work: () => Promise<T>): Promise<T> {
    this.check();
    this.#left--;
    if (!this.isOver) return work();
    if (this.#isLastMade) await work();
    this.#end();
    throw new Error('killed');
  }

  check(): void {
    if (this.isOver) throw new Error('killed');
  }
}

/** A state as a process has it that is killed at a change: nothing works afterwards. */
export function mortalState(state: StateManager, life: Life): StateManager {
  return {
    ...bound(state),
    get: async (key) => {
      life.check();
      return state.get(key);
    },
    list: async (prefix) => {
      life.check();
      return state.list(prefix);
    },
    commit: (conditions: readonly Condition[], changes: readonly Change[]) =>
      life.change(() => state.commit(conditions, changes)),
  };
}

/** A state whose parts may be taken one by one. */
export function bound(state: StateManager): StateManager {
  return {
    isCurrent: state.isCurrent,
    get: (key) => state.get(key),
    list: (prefix) => state.list(prefix),
    commit: (conditions, changes) => state.commit(conditions, changes),
    watch: (prefix, after, signal) => state.watch(prefix, after, signal),
    lease: (seconds) => state.lease(seconds),
    close: () => state.close(),
  };
}
