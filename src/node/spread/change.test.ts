import { expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';
import { changeOf, checkMoves, checkReplicas } from './change.ts';

const members = [{ name: 'a' }, { name: 'b' }, { name: 'c' }];
const before = { placement: { web: 'a', db: 'b', old: 'c' }, leaving: [] };

test('what the file does not have stays where it is, until orphans are to go', () => {
  const placed = { web: 'a', db: 'b' };
  expect(changeOf({}, placed, before, members)).toEqual({
    placement: { web: 'a', db: 'b', old: 'c' },
    leaving: [],
    moving: new Map(),
  });
  expect(changeOf({ removeOrphans: true }, placed, before, members)).toMatchObject({
    placement: placed,
    leaving: ['c'],
  });
  // A profile that is off is no orphan.
  expect(changeOf({ removeOrphans: true, inactive: ['old'] }, placed, before, members).leaving).toEqual([]);
});

test('a service that is to be elsewhere is taken off the node that has it, with all of that if it was the last', () => {
  const both = { placement: { web: 'a', db: 'a' }, leaving: [] };
  expect(changeOf({}, { web: 'a', db: 'b' }, both, members)).toEqual({
    placement: { web: 'a', db: 'b' },
    leaving: [],
    moving: new Map([['a', ['db']]]),
  });
  expect(
    changeOf({}, { web: 'a', db: 'c' }, { placement: { web: 'a', db: 'b' }, leaving: [] }, members),
  ).toEqual({
    placement: { web: 'a', db: 'c' },
    leaving: ['b'],
    moving: new Map(),
  });
});

test('a node that is gone for good has nothing any more, and one that was to leave still is', () => {
  const some = { placement: { web: 'gone', db: 'b' }, leaving: ['c', 'gone'] };
  expect(changeOf({}, { web: 'a', db: 'b' }, some, members)).toMatchObject({
    leaving: ['c'],
    moving: new Map(),
  });
});

test('nothing is moved from a node that is away', () => {
  const placed = { web: 'a', db: 'c' };
  const change = changeOf({}, placed, before, members);
  expect(() => checkMoves(change, before, placed, (node) => node !== 'b')).toThrow(
    'db cannot be moved from node b, which is away',
  );
  expect(() => checkMoves(change, before, placed, () => true)).not.toThrow();
  // What only goes may be made up for later.
  const gone = changeOf({ removeOrphans: true }, { web: 'a', db: 'b' }, before, members);
  expect(() => checkMoves(gone, before, { web: 'a', db: 'b' }, (node) => node !== 'c')).not.toThrow();
});

test('a replica does not go from one node to another where both keep others of its service', () => {
  const text = (scale: number) => `services: { web: { image: a, scale: ${scale} } }`;
  const { pods } = specOf(text(4));
  const before = { web: ['a', 'a', 'b', 'b'] };
  checkReplicas(pods, before, { web: ['a', 'a', 'b', 'b', 'b'] });
  checkReplicas(pods, before, { web: 'c' });
  expect(() => checkReplicas(pods, before, { web: ['a', 'a', 'a', 'b'] })).toThrow(
    'services.web: shop-web-3 would go from b, which keeps others of it, to a',
  );
});
