import { type HeddleError, toHeddleError } from '../../lib/errors.ts';
import { canonicalJson } from '../../lib/hash.ts';
import { RetryLoop } from '../../lib/retry-loop.ts';
import type { StateManager } from '../../state/state-manager.ts';
import type { Underlay } from '../nve/edge.ts';
import type { VlanRange } from '../nve/vlan-ids.ts';
import type { Taken } from '../standard/archetype.ts';

/** What decisions for all nodes have to regard of a host. */
export interface HostState {
  /** Prefixes that it has apart from the networks that nodes share. */
  readonly taken: readonly Taken[];
  /** Absent: it has no edge. */
  readonly edge?: {
    /** VLAN ids that others than Heddle use on its uplink, and by which interface. */
    readonly taken: readonly (readonly [number, string])[];
    readonly range?: VlanRange;
    /** Bytes of the largest MTU that a network may have to be joined here. Absent: the uplink is away. */
    readonly mtu?: number;
    /** Where the edges of other hosts find this one's, if they have to. */
    readonly underlay?: Underlay;
  };
}

export const hostsPrefix = 'hosts/';
/** Milliseconds between two looks. */
const every = 15_000;

export function hostKey(node: string): string {
  return `${hostsPrefix}${node}`;
}

/** What all hosts have said, by node: a host that is away has what it had. */
export async function hostsIn(state: StateManager): Promise<ReadonlyMap<string, HostState>> {
  const { entries } = await state.list(hostsPrefix);
  return new Map(entries.map(({ key, value }) => [key.slice(hostsPrefix.length), value as HostState]));
}

/** Says what this host has, whenever the state has something else. */
export class HostReport {
  readonly #loop: RetryLoop;

  constructor(
    node: string,
    state: StateManager,
    look: () => Promise<HostState>,
    failed: (error: HeddleError) => void,
  ) {
    const report = async () => {
      const found = await look().catch((error) => failed(toHeddleError(error)));
      if (!found) return every;
      // What the state has may have been lost, or be another's by now.
      const kept = await state.get(hostKey(node));
      if (canonicalJson(kept?.value) !== canonicalJson(found))
        await state.commit([], [{ key: hostKey(node), value: found }]);
      return every;
    };
    this.#loop = new RetryLoop(report, failed);
  }

  start(): void {
    this.#loop.due();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }
}
