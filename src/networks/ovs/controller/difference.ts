import { encodeInstructions } from '../openflow/actions.ts';
import type { Flow } from '../openflow/flow.ts';
import { encodeMatch } from '../openflow/match.ts';

export interface Difference {
  /** To be added first: one that is there otherwise is replaced by it. */
  readonly lacking: readonly Flow[];
  /** To be deleted then. */
  readonly surplus: readonly Flow[];
}

/** What a switch lacks of the flows that it should have, and what it has besides. Pure. */
export function difference(wanted: readonly Flow[], there: readonly Flow[]): Difference {
  const has = new Map(there.map((flow) => [keyOf(flow), contentOf(flow)]));
  const keys = new Set(wanted.map(keyOf));
  return {
    lacking: wanted.filter((flow) => has.get(keyOf(flow)) !== contentOf(flow)),
    surplus: there.filter((flow) => !keys.has(keyOf(flow))),
  };
}

/** What makes two flows the same one (OpenFlow 1.3.5, 5.2). */
export function keyOf({ table, priority, match }: Pick<Flow, 'table' | 'priority' | 'match'>): string {
  return `${table} ${priority} ${encodeMatch(match).toString('hex')}`;
}

function contentOf({ cookie, idleTimeout, hardTimeout, instructions }: Flow): string {
  return `${cookie} ${idleTimeout} ${hardTimeout} ${encodeInstructions(instructions).toString('hex')}`;
}
