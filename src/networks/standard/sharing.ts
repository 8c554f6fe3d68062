import type { Condition } from '../../state/state-manager.ts';
import type { TakenIds, VlanRange } from '../nve/vlan-ids.ts';
import type { Taken } from './archetype.ts';
import type { Nodes } from './report.ts';

/** What is different for networks that several nodes share. */
export interface Sharing extends Nodes {
  /** @throws HeddleError ERR_NODE_NAME when this node decides nothing, since another has its name */
  check(): void;
  /** What a decision on a network of an archetype has to regard besides the others of the archetype. */
  around(archetype: string): Promise<Around>;
}

export interface Around {
  /** What has to hold still when the decision is kept. */
  readonly conditions: readonly Condition[];
  /** The archetypes of networks of other archetypes, by name. */
  readonly names: ReadonlyMap<string, string>;
  readonly taken: readonly Taken[];
  /** VLAN ids that are taken otherwise than by networks of the archetype. */
  readonly vlans: TakenIds;
  /** What ids are chosen from. Absent: none is chosen, since no node has an edge. */
  readonly range?: VlanRange;
  /** Bytes of the largest MTU that every edge joins. Absent: no node has an edge. */
  readonly mtu?: number;
}

/** Changes whenever a network of any archetype is added, changed or removed. */
export const sharedSerial = 'networks/serial';
