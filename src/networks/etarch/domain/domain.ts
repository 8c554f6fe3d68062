import { optional } from '../../../lib/schema.ts';
import * as z from '../../../lib/zod.ts';
import { fromRecord, type RecordKind, toRecord } from '../../../state/record.ts';
import type { Change, Entry } from '../../../state/state-manager.ts';

// What a domain knows: one for each network, wherever it lives. Each row has a key of its own, so that two agents that change
// different ones do not undo each other.

const title = z.string();

const entity = z.object({
  title,
  /** The endpoint that it is at, by its name: the same one on another node is the same entity that moved. */
  endpoint: z.string(),
  /** Where that is. Absent: the endpoint is gone, and the entity may come back. */
  node: optional(z.string()),
  mac: z.string(),
  capabilities: z.array(z.string()),
  /** Milliseconds since 1970 at which it came there, or went. */
  since: z.number(),
});
export type Entity = z.output<typeof entity>;

const workspace = z.object({
  title,
  address: z.string(),
  creator: title,
  /** Patterns of titles; none: anybody. */
  access: z.array(z.string()),
  requires: z.array(z.string()),
  maxMembers: optional(z.number()),
  /** kbit/s that the members on one node send into it at most. */
  maxBandwidth: optional(z.number()),
});
export type Workspace = z.output<typeof workspace>;

/** Whose a title was that was given up just now: what they said last may be on its way to somebody who asks whose it is. */
const farewell = z.object({
  title,
  mac: z.string(),
  /** Milliseconds since 1970. */
  at: z.number(),
});
export type Farewell = z.output<typeof farewell>;

const member = z.object({ workspace: title, title });
const node = z.object({ node: z.string() });

export interface Domain {
  readonly entities: ReadonlyMap<string, Entity>;
  readonly workspaces: ReadonlyMap<string, Workspace>;
  /** Titles, by that of the workspace. */
  readonly members: ReadonlyMap<string, ReadonlySet<string>>;
  readonly farewells: ReadonlyMap<string, Farewell>;
  /** On which the network lives. */
  readonly nodes: ReadonlySet<string>;
}

const first = [(value: unknown) => value];
const entityRecord: RecordKind<Entity> = { schema: entity, migrations: first };
const workspaceRecord: RecordKind<Workspace> = { schema: workspace, migrations: first };
const memberRecord: RecordKind<z.output<typeof member>> = { schema: member, migrations: first };
const farewellRecord: RecordKind<Farewell> = { schema: farewell, migrations: first };
const nodeRecord: RecordKind<z.output<typeof node>> = { schema: node, migrations: first };

const entityKey = (name: string) => `entities/${encodeURIComponent(name)}`;
const workspaceKey = (name: string) => `workspaces/${encodeURIComponent(name)}`;
const memberKey = (of: string, name: string) =>
  `members/${encodeURIComponent(of)}/${encodeURIComponent(name)}`;
const farewellKey = (name: string) => `farewells/${encodeURIComponent(name)}`;
const nodeKey = (name: string) => `nodes/${encodeURIComponent(name)}`;

// Changes of a domain, under its prefix.

export function putEntity(value: Entity): Change {
  return { key: entityKey(value.title), value: toRecord(entityRecord, value) };
}

export function dropEntity(name: string): Change {
  return { key: entityKey(name), delete: true };
}

export function putWorkspace(value: Workspace): Change {
  return { key: workspaceKey(value.title), value: toRecord(workspaceRecord, value) };
}

export function dropWorkspace(name: string): Change {
  return { key: workspaceKey(name), delete: true };
}

export function putMember(of: string, name: string): Change {
  return { key: memberKey(of, name), value: toRecord(memberRecord, { workspace: of, title: name }) };
}

export function dropMember(of: string, name: string): Change {
  return { key: memberKey(of, name), delete: true };
}

export function putFarewell(value: Farewell): Change {
  return { key: farewellKey(value.title), value: toRecord(farewellRecord, value) };
}

export function dropFarewell(name: string): Change {
  return { key: farewellKey(name), delete: true };
}

export function putNode(name: string): Change {
  return { key: nodeKey(name), value: toRecord(nodeRecord, { node: name }) };
}

export function dropNode(name: string): Change {
  return { key: nodeKey(name), delete: true };
}

/** What rows say together. @throws HeddleError ERR_STATE, ERR_STATE_NEWER for one that is not understood */
export function domainOf(rows: readonly Pick<Entry, 'key' | 'value'>[]): Domain {
  const entities = new Map<string, Entity>();
  const workspaces = new Map<string, Workspace>();
  const members = new Map<string, Set<string>>();
  const farewells = new Map<string, Farewell>();
  const nodes = new Set<string>();
  for (const { key, value } of rows) {
    const where = `what is stored as ${key}`;
    const read = <Value>(kind: RecordKind<Value>) => fromRecord(kind, value, key, where);
    if (key.startsWith('entities/')) {
      const found = read(entityRecord);
      entities.set(found.title, found);
    } else if (key.startsWith('workspaces/')) {
      const found = read(workspaceRecord);
      workspaces.set(found.title, found);
    } else if (key.startsWith('members/')) {
      const found = read(memberRecord);
      const those = members.get(found.workspace) ?? new Set();
      members.set(found.workspace, those.add(found.title));
    } else if (key.startsWith('farewells/')) {
      const found = read(farewellRecord);
      farewells.set(found.title, found);
    } else if (key.startsWith('nodes/')) nodes.add(read(nodeRecord).node);
  }
  return { entities, workspaces, members, farewells, nodes };
}

const nobody: ReadonlySet<string> = new Set();

export function membersOf({ members }: Domain, of: string): ReadonlySet<string> {
  return members.get(of) ?? nobody;
}
