import type { Body, ZoneRecord } from './body.ts';
import { parentOf, recordType } from './wire.ts';

/** RFC 8482: what is there may be asked for by its type. */
const anyRecord: ZoneRecord = { type: 'HINFO', ttl: 30, data: { cpu: 'RFC8482', os: '' } };

const nothing: readonly Given[] = [];

interface Given {
  readonly giver: string;
  readonly records: readonly ZoneRecord[];
}

function byGiver(one: Given, other: Given): number {
  return one.giver < other.giver ? -1 : 1;
}

/** One name: its records by who gave them, and the answers that were encoded from them. There are many: it is small. */
export class NameEntry {
  /** Names directly below. */
  children = 0;
  #given = nothing;
  #bodies: Map<number, Body> | undefined;

  get isEmpty(): boolean {
    return this.#given.length === 0 && this.children === 0;
  }

  give(giver: string, records: readonly ZoneRecord[] | undefined): void {
    const others = this.#given.filter((one) => one.giver !== giver);
    // In an order of their own, so that an answer does not depend on what came first.
    this.#given = records ? [...others, { giver, records }].sort(byGiver) : others;
    this.#bodies = undefined;
  }

  /** Records of a type. Those of several givers are joined: equal ones count once, the shortest TTL holds. */
  records(type: number): readonly ZoneRecord[] {
    const all = this.#given.flatMap(({ records }) => records);
    if (type === recordType.ANY) return all.length > 0 ? [anyRecord] : [];
    const ofType = all.filter((record) => recordType[record.type] === type);
    if (this.#given.length < 2) return ofType;
    const distinct = new Map(ofType.map((record) => [JSON.stringify(record.data), record]));
    const ttl = Math.min(...ofType.map((record) => record.ttl));
    return [...distinct.values()].map((record) => ({ ...record, ttl }));
  }

  body(type: number): Body | undefined {
    return this.#bodies?.get(type);
  }

  keep(type: number, body: Body): void {
    this.#bodies ??= new Map();
    this.#bodies.set(type, body);
  }

  forgetBodies(): void {
    this.#bodies = undefined;
  }
}

/** All names of a zone, in wire form. A name is there as long as it has records or names below it (RFC 8020). */
export class NameTree {
  readonly #top: string;
  readonly #entries = new Map<string, NameEntry>();

  readonly #touched: (name: string) => void;

  /**
   * @param top the domain; nothing above it is kept
   * @param touched told of each name whose records may be others
   */
  constructor(top: string, touched: (name: string) => void = () => {}) {
    this.#top = top;
    this.#touched = touched;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(name: string): NameEntry | undefined {
    return this.#entries.get(name);
  }

  /** Gives a name these records, and none else of the same giver. A name may be there without any. */
  set(name: string, giver: string, records: readonly ZoneRecord[]): void {
    this.#ensure(name).give(giver, records);
    this.#touched(name);
  }

  remove(name: string, giver: string): void {
    const entry = this.#entries.get(name);
    entry?.give(giver, undefined);
    this.#prune(name);
    this.#touched(name);
  }

  forgetBodies(): void {
    for (const entry of this.#entries.values()) entry.forgetBodies();
  }

  #ensure(name: string): NameEntry {
    const known = this.#entries.get(name);
    if (known) return known;
    const entry = new NameEntry();
    this.#entries.set(name, entry);
    const above = this.#above(name);
    if (above !== undefined) this.#ensure(above).children++;
    return entry;
  }

  #prune(name: string): void {
    if (!this.#entries.get(name)?.isEmpty) return;
    this.#entries.delete(name);
    const above = this.#above(name);
    const entry = above === undefined ? undefined : this.#entries.get(above);
    if (above === undefined || !entry) return;
    entry.children--;
    this.#prune(above);
  }

  #above(name: string): string | undefined {
    return name === this.#top ? undefined : parentOf(name);
  }
}
