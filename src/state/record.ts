import { HeddleError } from '../lib/errors.ts';
import { plainIssue } from '../lib/plain-issue.ts';
import type * as z from '../lib/zod.ts';

/** A kind of record that is stored: what it has to be, and how one of an earlier version becomes one of today's. */
export interface RecordKind<Value> {
  /** What a record of today's version has to be; whatever it lets pass is a `Value`. */
  readonly schema: z.ZodType;
  /**
   * Number N turns what a record of version N holds into what one of version N + 1 does; today's version is as long as the
   * list. Version 0: as it was written before records bore a version.
   */
  readonly migrations: readonly ((value: unknown) => unknown)[];
  /** Whether a record is that of its name. Absent: any is. */
  readonly isOf?: (value: Value, name: string) => boolean;
}

/** What is stored. */
interface Envelope {
  readonly version: number;
  readonly value: unknown;
}

export function toRecord<Value>(kind: RecordKind<Value>, value: Value): Envelope {
  return { version: kind.migrations.length, value };
}

/**
 * What a stored record holds, as of today, checked. `name`: of the record; `where`: for messages.
 * @throws HeddleError ERR_STATE for one that is not understood, ERR_STATE_NEWER
 */
export function fromRecord<Value>(
  kind: RecordKind<Value>,
  stored: unknown,
  name: string,
  where: string,
): Value {
  const { version, value } = isEnvelope(stored) ? stored : { version: 0, value: stored };
  const today = kind.migrations.length;
  if (version > today) throw newerError(where, version, today);
  const migrated = migrate(kind, version, value, where);
  const { success, error } = kind.schema.safeParse(migrated);
  if (!success) throw damagedError(where, plainIssue(error.issues, migrated, 'it'));
  if (kind.isOf && !kind.isOf(migrated as Value, name))
    throw damagedError(where, `it is not that of ${name}`);
  return migrated as Value;
}

/** What a text of JSON holds that is a record; see {@link fromRecord}. */
export function parseRecord<Value>(
  kind: RecordKind<Value>,
  text: string,
  name: string,
  where: string,
): Value {
  let stored: unknown;
  try {
    stored = JSON.parse(text);
  } catch (error) {
    throw damagedError(where, (error as Error).message);
  }
  return fromRecord(kind, stored, name, where);
}

function migrate(
  { migrations }: Pick<RecordKind<unknown>, 'migrations'>,
  version: number,
  value: unknown,
  where: string,
): unknown {
  try {
    return migrations.slice(version).reduce((before, change) => change(before), value);
  } catch (error) {
    // What somebody has changed is not what a migration expects.
    throw damagedError(where, (error as Error).message);
  }
}

/** What is stored was written by a version of Heddle that came after this one. */
export function newerError(where: string, version: number, today: number): HeddleError {
  return new HeddleError(
    'ERR_STATE_NEWER',
    `${where} is of version ${version}, and this Heddle knows ${today} and older ones`,
  );
}

function damagedError(where: string, why: string): HeddleError {
  return new HeddleError('ERR_STATE', `${where} is not understood: ${why}`);
}

function isEnvelope(stored: unknown): stored is Envelope {
  if (typeof stored !== 'object' || stored === null) return false;
  return (
    'value' in stored &&
    'version' in stored &&
    Number.isSafeInteger(stored.version) &&
    Number(stored.version) >= 0
  );
}
