import { MAX_REPLICAS } from '../../descriptor/allowance.ts';
import { HeddleError } from '../../lib/errors.ts';
import { type Of, record, text } from '../../lib/schema.ts';
import { Turns } from '../../lib/turns.ts';
import * as z from '../../lib/zod.ts';
import { nodeName } from '../../networks/standard/network.ts';
import type { StateManager } from '../../state/state-manager.ts';

/** What all nodes know of an application that is over several. Nothing of what its file says: that goes from node to node. */
const spreadRecord = record('SpreadRecord', '', {
  /** By service: the node that has it, or that of each replica. */
  placement: z.record(text.max(63), z.union([nodeName, z.array(nodeName).min(1).max(MAX_REPLICAS)])),
  /** Nodes that still have something of it that they are not to have any more. */
  leaving: z.array(nodeName).max(1000),
  /** Who was asked last, and has the rest to do. */
  front: nodeName,
});
export type SpreadRecord = Of<typeof spreadRecord>;

export interface KeptSpread extends SpreadRecord {
  readonly revision: number;
}

const prefix = 'applications/';
const lockPrefix = 'locks/applications/';
/** Seconds after which a node that nothing is heard of changes nothing any more. */
const term = 10;

/** Those records, in the state that nodes share. */
export class SpreadRecords {
  readonly #state: StateManager;
  readonly #here: string;
  /** What this process is changing. */
  readonly #held = new Set<string>();
  readonly #turns = new Turns();

  constructor(state: StateManager, here: string) {
    this.#state = state;
    this.#here = here;
  }

  /**
   * Does something that nobody else does meanwhile to the same application, from whichever node.
   * @throws HeddleError ERR_REVISION when somebody does; ERR_STATE_UNREACHABLE
   */
  async exclusively<T>(project: string, work: (lost: AbortSignal) => Promise<T>): Promise<T> {
    const key = `${lockPrefix}${project}`;
    if (this.#held.has(project)) throw busyError(project, this.#here);
    this.#held.add(project);
    try {
      return await this.#locked(project, key, work);
    } finally {
      this.#held.delete(project);
    }
  }

  async #locked<T>(project: string, key: string, work: (lost: AbortSignal) => Promise<T>): Promise<T> {
    const there = await this.#state.get(key);
    const { node } = (there?.value ?? {}) as { readonly node?: string };
    // One of this node, and not of this process, is of one that was killed.
    if (there && node !== this.#here) throw busyError(project, node);
    const lease = await this.#state.lease(term);
    const lost = new AbortController();
    void lease.lost.then((why) => lost.abort(`the lock of the application was lost: ${why}`));
    try {
      const conditions = [{ key, revision: there?.revision ?? 0 }];
      const taken = await this.#state.commit(conditions, [{ key, value: { node: this.#here }, lease }]);
      if (taken === undefined) throw busyError(project, undefined);
      return await work(lost.signal);
    } finally {
      await lease.release().catch(() => {});
    }
  }

  /** @throws HeddleError ERR_STATE_UNREACHABLE, ERR_STATE for what is not understood */
  async get(project: string): Promise<KeptSpread | undefined> {
    const entry = await this.#state.get(`${prefix}${project}`);
    if (!entry) return undefined;
    const parsed = spreadRecord.safeParse(entry.value);
    if (parsed.success) return { ...parsed.data, revision: entry.revision };
    throw new HeddleError('ERR_STATE', `what nodes share of the application ${project} is not understood`, {
      cause: parsed.error,
    });
  }

  /** A node has nothing of it any more; the last of those that are to leave takes the record along. */
  async left(project: string, node: string): Promise<void> {
    // Several leave at once.
    await this.#turns.take(project, async () => {
      const before = await this.get(project);
      if (!before) return;
      const { revision: _revision, ...value } = before;
      const leaving = value.leaving.filter((one) => one !== node);
      const isOver = leaving.length === 0 && Object.keys(value.placement).length === 0;
      await this.put(project, before, isOver ? undefined : { ...value, leaving });
    });
  }

  /** @throws HeddleError ERR_REVISION when somebody else changed it since it was read */
  async put(project: string, before: KeptSpread | undefined, value: SpreadRecord | undefined): Promise<void> {
    const key = `${prefix}${project}`;
    if (!before && !value) return;
    const change = value ? { key, value } : ({ key, delete: true } as const);
    const conditions = [{ key, revision: before?.revision ?? 0 }];
    if ((await this.#state.commit(conditions, [change])) !== undefined) return;
    throw new HeddleError(
      'ERR_REVISION',
      `the application ${project} was changed by another node meanwhile`,
      {
        hint: 'look at `heddle plan`, and bring it up again',
      },
    );
  }
}

function busyError(project: string, node: string | undefined): HeddleError {
  const who = node === undefined ? 'another node' : `node ${node}`;
  return new HeddleError('ERR_REVISION', `the application ${project} is being changed by ${who}`, {
    hint: 'wait until that has ended, or end it',
  });
}
