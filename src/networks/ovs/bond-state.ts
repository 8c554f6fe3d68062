import type { Operation, Result } from './ovsdb/operations.ts';
import { entriesIn, numberIn, textsIn } from './ovsdb/values.ts';

/** What the database says of an interface that is a member of a bond. */
export interface SeenMember {
  readonly name: string;
  readonly hasCarrier: boolean;
  /** Bits a second, where it has one. */
  readonly speed: number | undefined;
  /** Where BFD was asked for. */
  readonly bfd: { readonly isUp: boolean; readonly diagnostic: string; readonly changes: number } | undefined;
  /** Why it could not be opened. */
  readonly error: string | undefined;
}

const columns = ['name', 'link_state', 'link_speed', 'bfd_status', 'error'];

/** What is asked for `readMembers` to read. `port`: the bond’s, whose links these may be. */
export function memberSelects(port: string, names: readonly string[]): readonly Operation[] {
  const named = (table: string, name: string, wanted: readonly string[]): Operation => ({
    op: 'select',
    table,
    where: [['name', '==', name]],
    columns: wanted,
  });
  return [named('Port', port, ['name']), ...names.map((name) => named('Interface', name, columns))];
}

/** Nothing: there is no such port. Pure. */
export function readMembers([port, ...links]: readonly Result[]): SeenMember[] | undefined {
  if (port?.rows?.length !== 1) return undefined;
  return links.flatMap(({ rows = [] }) =>
    rows.map((row) => ({
      name: String(row['name']),
      hasCarrier: textsIn(row['link_state'])[0] === 'up',
      speed: numberIn(row['link_speed']) || undefined,
      bfd: bfdIn(entriesIn(row['bfd_status'])),
      error: textsIn(row['error'])[0],
    })),
  );
}

function bfdIn(status: Readonly<Record<string, string>>): SeenMember['bfd'] {
  const { forwarding, diagnostic, flap_count: changes } = status;
  if (forwarding === undefined) return undefined;
  return { isUp: forwarding === 'true', diagnostic: diagnostic ?? '', changes: Number(changes ?? 0) };
}
