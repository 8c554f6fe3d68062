import * as z from '../../lib/zod.ts';
import { fromRecord, type RecordKind, toRecord } from '../../state/record.ts';
import type { Change, StateManager } from '../../state/state-manager.ts';
import type { Observed } from './archetype.ts';
import { endpointRecord, networkRecord, type WantedEndpoint, type WantedNetwork } from './records.ts';

/**
 * A network as its archetype had it: `left`, when another took it over, and what it has besides links is still to be taken away;
 * `owed`, when it was removed, and somebody still has something of it who did not run.
 */
export interface LeftNetwork {
  readonly network: WantedNetwork;
  readonly endpoints: readonly WantedEndpoint[];
  readonly observed: Observed;
}

const leftRecord: RecordKind<LeftNetwork> = {
  schema: z.object({
    network: networkRecord.schema,
    endpoints: z.array(endpointRecord.schema),
    observed: z.record(z.string(), z.unknown()),
  }),
  migrations: [(value) => value],
  isOf: ({ network }, id) => network.id === id,
};

/** The networks that one archetype has left, or owes something of, in the state. */
export class LeftNetworks {
  readonly #state: StateManager;
  readonly #prefix: string;

  constructor(state: StateManager, archetype: string, why: 'left' | 'owed' = 'left') {
    this.#state = state;
    this.#prefix = `${why}/${archetype}/`;
  }

  /** @throws HeddleError ERR_STATE for a record that is not understood */
  async all(): Promise<LeftNetwork[]> {
    const { entries } = await this.#state.list(this.#prefix);
    return entries.map(({ key, value }) =>
      fromRecord(leftRecord, value, key.slice(this.#prefix.length), `what is stored as ${key}`),
    );
  }

  note(left: LeftNetwork): Change {
    return { key: this.#key(left), value: toRecord(leftRecord, left) };
  }

  forget(left: LeftNetwork): Change {
    return { key: this.#key(left), delete: true };
  }

  #key({ network: { id } }: LeftNetwork): string {
    return `${this.#prefix}${id}`;
  }
}
