import { expect, test } from 'vitest';
import { entrances, type Groups } from '../patch/groups.ts';
import type { KnownPassage } from '../patch/passage.ts';
import { roundsOf } from './rounds.ts';

const passage = (fn: string) => ({ function: fn }) as KnownPassage;
const choice = (group: number, ...functions: readonly string[]) => ({
  group,
  ...entrances(group),
  instances: functions.map(passage),
});
const groups: Groups = new Map([
  [1, { scope: 1, place: 0, instances: [] }],
  [2, { scope: 1, place: 2, instances: [] }],
]);
const rounds = (stages: Parameters<typeof roundsOf>[0], ...wanted: readonly string[]) =>
  roundsOf(stages, groups, new Set(wanted)).map(({ passages, choices }) => [
    passages.map((one) => one.function).join(' '),
    choices.slice(0, 3).join(''),
  ]);

test('where no function has instances probes pass once', () => {
  expect(rounds([passage('ids-1'), passage('fw-1')], 'ids-1', 'fw-1')).toEqual([['ids-1 fw-1', '000']]);
});

test('each instance is passed by a probe, and the place of its group says which', () => {
  const stages = [choice(1, 'fw-1', 'fw-2'), passage('ids-1'), choice(2, 'lb-1', 'lb-2', 'lb-3')];
  expect(rounds(stages, 'fw-1', 'fw-2', 'ids-1', 'lb-1', 'lb-2', 'lb-3')).toEqual([
    ['fw-1 ids-1 lb-1', '000'],
    ['fw-2 ids-1 lb-2', '101'],
    ['fw-1 ids-1 lb-3', '002'],
  ]);
});

test('those that are to go are left alone', () => {
  expect(rounds([choice(1, 'fw-2', 'fw-3', 'fw-1')], 'fw-3')).toEqual([['fw-3', '100']]);
});
