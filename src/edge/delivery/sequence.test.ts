import { describe, expect, test } from 'vitest';
import { deltaOf, snapshotOf } from '../../../test/support/site-zone.ts';
import type { Message, Snapshot } from '../view/message.ts';
import { Sequence } from './sequence.ts';
import { deltaPlaces } from './topics.ts';

const snapshot = (epoch: number, version: number): Snapshot => ({ ...snapshotOf(), epoch, version });
const delta = (epoch: number, version: number) => deltaOf({ epoch, version });
const stampsOf = (messages: readonly Message[]) =>
  messages.map(({ kind, epoch, version }) => `${kind} ${epoch}.${version}`);
const take = (sequence: Sequence, ...messages: Message[]) =>
  messages.flatMap((message) => stampsOf(sequence.take(message).apply));

describe('messages are applied', () => {
  test('in order, each once', () => {
    const sequence = new Sequence();
    expect(take(sequence, snapshot(1, 4), delta(1, 5), delta(1, 5), delta(1, 4), delta(1, 6))).toEqual([
      'snapshot 1.4',
      'delta 1.5',
      'delta 1.6',
    ]);
    expect(sequence.hasGap).toBe(false);
  });

  test('in order, whatever order they come in', () => {
    const sequence = new Sequence();
    expect(take(sequence, delta(1, 7), delta(1, 5), delta(1, 6))).toEqual([]);
    expect(sequence.hasGap).toBe(true);
    expect(take(sequence, snapshot(1, 5))).toEqual(['snapshot 1.5', 'delta 1.6', 'delta 1.7']);
    expect(sequence.hasGap).toBe(false);
  });

  test('up to a gap, which a snapshot closes', () => {
    const sequence = new Sequence(snapshot(1, 4));
    expect(take(sequence, delta(1, 6))).toEqual([]);
    expect(sequence.hasGap).toBe(true);
    expect(take(sequence, snapshot(1, 6))).toEqual(['snapshot 1.6']);
    expect(sequence.hasGap).toBe(false);
  });

  test('of a new epoch, from its snapshot on', () => {
    const sequence = new Sequence(snapshot(1, 4));
    expect(take(sequence, delta(2, 1), snapshot(2, 0), delta(2, 2))).toEqual([
      'snapshot 2.0',
      'delta 2.1',
      'delta 2.2',
    ]);
  });
});

test('an epoch that has passed is refused, over a restart too', () => {
  const sequence = new Sequence(snapshot(3, 9));
  expect(sequence.take(snapshot(2, 100))).toEqual({ apply: [], refused: 'it is of epoch 2, and 3 has come' });
  expect(sequence.take(delta(2, 10)).refused).toBeDefined();
  expect(take(sequence, snapshot(3, 8), delta(3, 9), delta(3, 10))).toEqual(['delta 3.10']);
});

test('an epoch that is known to have begun ends those before it', () => {
  const sequence = new Sequence(snapshot(3, 9));
  sequence.fence(5);
  expect([sequence.take(delta(3, 10)).refused, sequence.take(snapshot(4, 0)).refused]).toEqual([
    'it is of epoch 3, and 5 has come',
    'it is of epoch 4, and 5 has come',
  ]);
  expect(take(sequence, snapshot(5, 0))).toEqual(['snapshot 5.0']);
});

test('what waits is bounded', () => {
  const sequence = new Sequence(snapshot(1, 0));
  const last = deltaPlaces + 1000;
  for (let version = 2; version <= last; version++) sequence.take(delta(1, version));
  const { apply } = sequence.take(snapshot(1, last - deltaPlaces));
  expect(apply).toHaveLength(1 + deltaPlaces);
});
