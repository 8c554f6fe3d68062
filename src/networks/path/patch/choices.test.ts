import { expect, test } from 'vitest';
import { choicesIn } from './choices.ts';
import { entrances, type Group } from './groups.ts';
import { hopsThrough, stagesIn, writes } from './hops.ts';

const ends = { pod: 1, switch: 2 };
const passage = (fn: string, outer: number) => ({ function: fn, outer, inner: outer + 1 });
const [first, second, ids] = [passage('fw-1', 10), passage('fw-2', 20), passage('ids-1', 30)];
const group: Group = {
  scope: 9,
  place: 0,
  instances: [first, second].map(({ outer, inner }, id) => ({ id, outer, inner, isActive: true })),
};
const [fw] = choicesIn(new Map([[5, group]]), [first, second, ids]);
const { outer, inner } = entrances(5);

test('frames come to the group from both sides, and out of each instance to what follows', () => {
  expect(new Map(hopsThrough(ends, [fw!, ids]))).toEqual(
    new Map([
      [2, outer],
      [10, 2],
      [20, 2],
      [11, 30],
      [21, 30],
      [30, inner],
      [31, 1],
      [1, 31],
    ]),
  );
});

test('two groups, one behind the other, are noted and read again', () => {
  const others = [passage('lb-1', 40), passage('lb-2', 50)];
  const [lb] = choicesIn(
    new Map([[6, { ...group, instances: others.map((one, id) => ({ ...one, id, isActive: id === 0 })) }]]),
    others,
  );
  const hops = hopsThrough(ends, [fw!, lb!]);
  expect(stagesIn(hops, ends, [first, second, ...others, fw!, lb!])).toEqual([fw, lb]);
});

test('where one instance leads elsewhere nothing is read', () => {
  const hops = new Map(hopsThrough(ends, [fw!, ids]));
  expect(stagesIn(hops, ends, [fw!, ids])).toEqual([fw, ids]);
  expect(stagesIn(new Map([...hops, [21, 1]]), ends, [fw!, ids])).toBeUndefined();
  expect(stagesIn(new Map([...hops, [20, 30]]), ends, [fw!, ids])).toBeUndefined();
  expect(stagesIn(new Map([...hops, [30, 11]]), ends, [fw!, ids])).toBeUndefined();
});

test('a group of which an instance is gone is none', () => {
  expect(choicesIn(new Map([[5, group]]), [first])).toEqual([]);
});

test('an instance that comes is led on from before frames come to it', () => {
  const { fresh, live } = writes(hopsThrough(ends, [first]), hopsThrough(ends, [fw!]), ends, [first, second]);
  expect(fresh.map(([from]) => from).sort()).toEqual([20, 21]);
  expect(live.map(([from]) => from).sort()).toEqual([1, 2]);
});
