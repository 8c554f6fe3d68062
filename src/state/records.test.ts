import { describe, expect, test } from 'vitest';
import * as z from '../lib/zod.ts';
import type { RecordKind } from './record.ts';
import { Records } from './records.ts';
import type { Store } from './store.ts';

interface Point {
  readonly name: string;
  readonly x: number;
  readonly y?: number;
}

/** Of version 2: without a version it was a number, and then a list. */
const points: RecordKind<Point> = {
  schema: z.strictObject({ name: z.string(), x: z.number(), y: z.number().optional() }),
  migrations: [(x) => ['a', x], (list) => ({ name: (list as string[])[0], x: (list as number[])[1] })],
  isOf: ({ name }, key) => name === key,
};

/** A store in memory that keeps what JSON keeps. */
function storeWith(values: Readonly<Record<string, unknown>>): Store {
  const texts = new Map(Object.entries(values).map(([key, value]) => [key, JSON.stringify(value)]));
  const get = (key: string): unknown => {
    const text = texts.get(key);
    return text === undefined ? undefined : JSON.parse(text);
  };
  return {
    get,
    put: (key, value) => void texts.set(key, JSON.stringify(value)),
    delete: (key) => void texts.delete(key),
    list: (prefix) =>
      [...texts.keys()].filter((key) => key.startsWith(prefix)).map((key) => ({ key, value: get(key) })),
    close: () => {},
  };
}
const opened = (stored: unknown) => {
  const store = storeWith({ 'points/a': stored, 'points/b': { version: 2, value: { name: 'b', x: 1 } } });
  return { store, records: new Records(store, 'points/', points) };
};

describe('records', () => {
  test.each([
    ['without a version', 3],
    ['of the version before', { version: 1, value: ['a', 3] }],
    ['of today', { version: 2, value: { name: 'a', x: 3 } }],
  ])('%s are read as they are today', (_, stored) => {
    const { records } = opened(stored);
    expect(records.get('a')).toEqual({ name: 'a', x: 3 });
    expect(records.list().map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test('are written with their version, read again, and deleted', () => {
    const { store, records } = opened(3);
    const c: Point = { name: 'c', x: 7 };
    records.put('c', c);
    expect(store.get('points/c')).toEqual({ version: 2, value: c });
    expect(records.get('c')).toEqual(c);
    expect(new Records(store, 'points/', points).list()).toHaveLength(3);
    records.delete('c');
    expect(records.get('c')).toBeUndefined();
    expect(store.get('points/c')).toBeUndefined();
  });

  test('are what they were when the store does not take them', () => {
    const { store, records } = opened(3);
    store.put = () => {
      throw new Error('full');
    };
    expect(() => records.put('a', { name: 'a', x: 4 })).toThrow('full');
    expect(records.get('a')).toEqual({ name: 'a', x: 3 });
  });

  test.each([
    ['is of a newer version', { version: 3, value: { name: 'a', x: 3 } }, 'ERR_STATE_NEWER', 'version 3'],
    ['was mangled', { version: 2, value: { name: 'a', x: 'three' } }, 'ERR_STATE', 'x has to be a number'],
    ['is another’s', { version: 2, value: { name: 'b', x: 3 } }, 'ERR_STATE', 'not that of a'],
    ['is no record at all', null, 'ERR_STATE', 'points/a'],
    ['breaks a migration', { version: 1, value: null }, 'ERR_STATE', 'not understood'],
  ])('one that %s is left as it is, and keeps no other from being used', (_, stored, code, text) => {
    const { store, records } = opened(stored);
    expect(records.get('a')).toBeUndefined();
    expect(records.list().map(({ name }) => name)).toEqual(['b']);
    expect(records.refused.get('a')).toMatchObject({ code, message: expect.stringContaining(text) });
    expect(store.get('points/a')).toEqual(stored);
    records.put('a', { name: 'a', x: 4 });
    expect(records.get('a')).toEqual({ name: 'a', x: 4 });
    expect(records.refused.size).toBe(0);
  });
});
