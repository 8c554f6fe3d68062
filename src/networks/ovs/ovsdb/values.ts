// How OVSDB writes values in JSON (RFC 7047, 5.1): an atom is plain, a UUID, a set and a map are tagged lists.

export type Uuid = readonly ['uuid', string];
/** A row that is inserted in the same transaction, by the name that it got there. */
export type NamedUuid = readonly ['named-uuid', string];
export type Atom = string | number | boolean | Uuid | NamedUuid;
export type Value =
  | Atom
  | readonly ['set', readonly Atom[]]
  | readonly ['map', readonly (readonly [Atom, Atom])[]];
export type Row = Readonly<Record<string, Value>>;

export function setOf(atoms: readonly Atom[]): Value {
  return ['set', atoms];
}

export function mapOf(entries: Readonly<Record<string, string>>): Value {
  return ['map', Object.entries(entries)];
}

/** The atoms of a set; one that has a single atom may be written as that. */
export function atomsIn(value: unknown): readonly Atom[] {
  if (Array.isArray(value) && value[0] === 'set') return Array.isArray(value[1]) ? value[1] : [];
  return value === undefined ? [] : [value as Atom];
}

/** The UUIDs in a set. */
export function uuidsIn(value: unknown): readonly string[] {
  return atomsIn(value).flatMap((atom) => (Array.isArray(atom) ? String(atom[1]) : []));
}

export function textsIn(value: unknown): readonly string[] {
  return atomsIn(value).map(String);
}

export function numbersIn(value: unknown): readonly number[] {
  return atomsIn(value).map(Number);
}

/** A column that has one value, or none. */
export function numberIn(value: unknown): number | undefined {
  const [atom] = atomsIn(value);
  return typeof atom === 'number' ? atom : undefined;
}

export function entriesIn(value: unknown): Readonly<Record<string, string>> {
  if (!Array.isArray(value) || value[0] !== 'map' || !Array.isArray(value[1])) return {};
  return Object.fromEntries(
    value[1].filter(Array.isArray).map(([key, entry]) => [String(key), String(entry)]),
  );
}
