import type { Row, Uuid, Value } from './values.ts';

/** `[column, function, value]` (RFC 7047, 5.1). */
export type Clause = readonly [string, '==' | '!=' | 'includes' | 'excludes', Value];

/** What a transaction consists of (RFC 7047, 5.2); only what Heddle uses. */
export type Operation =
  | { readonly op: 'insert'; readonly table: string; readonly row: Row; readonly 'uuid-name'?: string }
  | {
      readonly op: 'select';
      readonly table: string;
      readonly where: readonly Clause[];
      readonly columns: readonly string[];
    }
  | { readonly op: 'update'; readonly table: string; readonly where: readonly Clause[]; readonly row: Row }
  | {
      readonly op: 'mutate';
      readonly table: string;
      readonly where: readonly Clause[];
      readonly mutations: readonly (readonly [string, 'insert' | 'delete' | '+=', Value])[];
    }
  | {
      readonly op: 'wait';
      readonly table: string;
      readonly where: readonly Clause[];
      readonly columns: readonly string[];
      readonly until: '==' | '!=';
      readonly rows: readonly Row[];
      readonly timeout: 0;
    };

/** Of one operation. */
export interface Result {
  readonly uuid?: Uuid;
  readonly count?: number;
  readonly rows?: readonly Readonly<Record<string, unknown>>[];
}

/** The row with a UUID. */
export function rowOf(uuid: string): readonly Clause[] {
  return [['_uuid', '==', ['uuid', uuid]]];
}

/** Holds only while a row is there under its name: else the whole transaction is none. */
export function stillThere(table: string, uuid: string, name: string): Operation {
  return {
    op: 'wait',
    table,
    where: rowOf(uuid),
    columns: ['name'],
    until: '==',
    rows: [{ name }],
    timeout: 0,
  };
}
