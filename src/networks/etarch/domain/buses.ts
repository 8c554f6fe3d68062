import { type Asker, isAt } from './decide.ts';
import { type Domain, membersOf } from './domain.ts';

/** A workspace as the switch of one node makes it. */
export interface Bus {
  /** Its group address. */
  readonly address: string;
  /** Names of the endpoints on this node that are members, sorted. */
  readonly members: readonly string[];
  /** Whether it has members on other nodes. */
  readonly isElsewhere: boolean;
  /** kbit/s that its members here send into it at most. */
  readonly rate?: number;
}

/** The workspaces that a node's switch has to make: those with members on it. Pure. */
export function busesOf(domain: Domain, node: string, endpoints: readonly Asker[]): Bus[] {
  const byName = new Map(endpoints.map((one) => [one.endpoint, one]));
  return [...domain.workspaces.values()].flatMap(({ title, address, maxBandwidth }) => {
    const entities = [...membersOf(domain, title)].flatMap((one) => domain.entities.get(one) ?? []);
    const here = entities.flatMap((entity) => {
      const endpoint = byName.get(entity.endpoint);
      return endpoint && isAt(entity, endpoint) ? [endpoint.endpoint] : [];
    });
    if (here.length === 0) return [];
    const isElsewhere = entities.some((one) => one.node !== undefined && one.node !== node);
    const members = [...new Set(here)].sort();
    return [{ address, members, isElsewhere, ...(maxBandwidth !== undefined && { rate: maxBandwidth }) }];
  });
}
