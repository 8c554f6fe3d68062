import { serverName } from '../dns/apex.ts';
import { recordBytes } from '../dns/body.ts';
import { recordType, wireName } from '../dns/wire.ts';
import { Zone } from '../dns/zone.ts';
import type { CurrentView } from '../view/view.ts';
import type { SiteChange } from '../view/views.ts';
import { classes, domainPointer, type WireRecord } from './message.ts';

/** The records of a name and type. */
export interface RecordSet {
  readonly ttl: number;
  /** In order, each once; a character a byte. */
  readonly data: readonly string[];
}

/** What is in a zone, by owner (as `wireName` writes it) and type. */
export type Contents = ReadonlyMap<string, ReadonlyMap<number, RecordSet>>;

/** The types that a gateway answers with; its SOA and NS are not those of a server that takes its place. */
const types = [recordType.A, recordType.AAAA, recordType.TXT, recordType.SRV, recordType.CAA];
/** RRSIG, NSEC, NSEC3: a server that signs the zone makes them. */
const signing = new Set([46, 47, 50]);
/** Type, class, TTL and length. */
const fixedLength = 10;

/** What the gateway itself would answer from, but for what it says of itself: kept up to date, at the cost of what changed. */
export class WantedContents {
  /** In small letters. */
  readonly domain: string;
  readonly #zone: Zone;
  readonly #itself: string | undefined;
  readonly #contents = new Map<string, ReadonlyMap<number, RecordSet>>();
  #touched = new Set<string>();

  constructor(view: CurrentView) {
    this.domain = view.domain.toLowerCase();
    this.#itself = wireName(`${serverName}.${this.domain}`);
    this.#zone = new Zone({ ...view, domain: this.domain }, 0, (name) => this.#touched.add(name));
  }

  get contents(): Contents {
    return this.#contents;
  }

  apply(change: SiteChange): void {
    this.#zone.apply(change, 0);
  }

  /**
   * Works out what changed since the last time.
   * @returns the names that it may have changed for
   */
  settle(): ReadonlySet<string> {
    const touched = this.#touched;
    this.#touched = new Set();
    for (const owner of touched) {
      const sets = owner === this.#itself ? new Map<number, RecordSet>() : this.#setsOf(owner);
      if (sets.size > 0) this.#contents.set(owner, sets);
      else this.#contents.delete(owner);
    }
    return touched;
  }

  #setsOf(owner: string): Map<number, RecordSet> {
    const sets = new Map<number, RecordSet>();
    for (const type of types) {
      const records = this.#zone.records(owner, type);
      if (records.length === 0) continue;
      const data = records.map((one) => recordBytes(one, this.domain).toString('latin1', fixedLength));
      sets.set(type, setOf(Math.min(...records.map(({ ttl }) => ttl)), data));
    }
    return sets;
  }
}

/**
 * What a server has in a zone that is the gateway's to decide. Not its own: all but CAA at the domain itself, the
 * addresses of name servers, unless the view has them, and what signs the zone.
 * @param domain in wire form
 */
export function managedContents(
  records: readonly WireRecord[],
  domain: string,
  isWanted: (owner: string) => boolean,
): Map<string, ReadonlyMap<number, RecordSet>> {
  const atDomain = records.filter(({ owner }) => owner === domain);
  const servers = new Set(
    atDomain.filter(({ type }) => type === recordType.NS).map(({ data }) => data.toString('latin1')),
  );
  const isManaged = ({ owner, type }: WireRecord) => {
    if (owner === domain) return type === recordType.CAA;
    const isAddress = type === recordType.A || type === recordType.AAAA;
    return !signing.has(type) && !(isAddress && servers.has(owner) && !isWanted(owner));
  };
  const contents = new Map<string, ReadonlyMap<number, RecordSet>>();
  for (const [owner, own] of Map.groupBy(records.filter(isManaged), (record) => record.owner)) {
    const sets = [...Map.groupBy(own, (record) => record.type)].map(([type, list]) => {
      const data = list.map((record) => record.data.toString('latin1'));
      return [type, setOf(list[0]?.ttl ?? 0, data)] as const;
    });
    contents.set(owner, new Map(sets));
  }
  return contents;
}

/** What has to become of a name: types that go, and sets that take the place of what was there. */
export interface Change {
  readonly owner: string;
  readonly removed: readonly number[];
  readonly set: readonly (readonly [type: number, RecordSet])[];
}

/**
 * What makes one of the other.
 * @param owners names to be looked at; not given: all
 */
export function changesBetween(
  held: Contents,
  wanted: Contents,
  owners: Iterable<string> = new Set([...held.keys(), ...wanted.keys()]),
): Change[] {
  const changes: Change[] = [];
  for (const owner of owners) {
    const [before, after] = [held.get(owner), wanted.get(owner)];
    const set = [...(after ?? [])].filter(([type, one]) => !isSame(before?.get(type), one));
    const removed = [...(before?.keys() ?? [])].filter(
      (type) => !isSame(before?.get(type), after?.get(type)),
    );
    if (set.length > 0 || removed.length > 0) changes.push({ owner, removed, set });
  }
  return changes;
}

/** Does to contents what a server was told to do. */
export function carryOut(
  contents: Map<string, ReadonlyMap<number, RecordSet>>,
  { owner, removed, set }: Change,
): void {
  const sets = new Map(contents.get(owner));
  for (const type of removed) sets.delete(type);
  for (const [type, one] of set) sets.set(type, one);
  if (sets.size > 0) contents.set(owner, sets);
  else contents.delete(owner);
}

/** RFC 2136, 2.5: a change as records of an update, in the order in which they are to be carried out. */
export function updateRecords({ owner, removed, set }: Change, domain: string): Buffer[] {
  const below = owner.slice(0, owner.length - domain.length);
  const name = Buffer.concat([Buffer.from(below, 'latin1'), domainPointer]);
  return [
    ...removed.map((type) => Buffer.concat([name, fixed(type, classes.any, 0, 0)])),
    ...set.flatMap(([type, { ttl, data }]) =>
      data.map((one) =>
        Buffer.concat([name, fixed(type, classes.in, ttl, one.length), Buffer.from(one, 'latin1')]),
      ),
    ),
  ];
}

function fixed(type: number, kind: number, ttl: number, length: number): Buffer {
  const bytes = Buffer.alloc(fixedLength);
  bytes.writeUInt16BE(type, 0);
  bytes.writeUInt16BE(kind, 2);
  bytes.writeUInt32BE(ttl, 4);
  bytes.writeUInt16BE(length, 8);
  return bytes;
}

function setOf(ttl: number, data: readonly string[]): RecordSet {
  return { ttl, data: [...new Set(data)].sort() };
}

function isSame(one: RecordSet | undefined, other: RecordSet | undefined): boolean {
  if (!one || !other) return one === other;
  return (
    one.ttl === other.ttl &&
    one.data.length === other.data.length &&
    one.data.every((data, index) => data === other.data[index])
  );
}
