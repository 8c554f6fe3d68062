import { HeddleError } from '../../lib/errors.ts';
import { type Of, record, text } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';
import { nodeName } from '../../networks/standard/network.ts';
import type { StateManager } from '../../state/state-manager.ts';

/** What all nodes know of an application that is over several. Nothing of what its file says: that goes from node to node. */
const spreadRecord = record('SpreadRecord', '', {
  /** By service: the node that has it. */
  placement: z.record(text.max(63), nodeName),
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

/** Those records, in the state that nodes share. */
export class SpreadRecords {
  readonly #state: StateManager;

  constructor(state: StateManager) {
    this.#state = state;
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

  /** Projects that are over several nodes. */
  async projects(): Promise<string[]> {
    const { entries } = await this.#state.list(prefix);
    return entries.map(({ key }) => key.slice(prefix.length));
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
