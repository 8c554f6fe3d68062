import { expect, test } from 'vitest';
import { trace } from '../../ovs/controller/trace.ts';
import { learnedFlows, type Member, pipelineOf } from './pipeline.ts';

const id = 'aabbccddeeff';
const a = { number: 1, mac: '02:00:00:00:00:0a', learns: false } satisfies Member;
const b = { number: 2, mac: '02:00:00:00:00:0b', learns: false } satisfies Member;
const router = { number: 3, mac: '02:00:00:00:00:0c', learns: true } satisfies Member;
const behind = '02:77:00:00:00:01';
const { flows, groups } = pipelineOf(id, [a, b, router]);
const way = (inPort: number, ethSrc: string, ethDst: string, more: typeof flows = []) =>
  trace([...flows, ...more], groups, { inPort, ethSrc, ethDst, ethType: 0x0800 });

test('to whom is known, and to nobody else', () => {
  expect(way(1, a.mac, b.mac).outputs).toEqual([2]);
  expect(way(1, a.mac, b.mac).steps.map(({ table, flow }) => [table, flow?.priority])).toEqual([
    [0, 300],
    [1, 200],
  ]);
});

test('to all others what is for many, whatever its kind', () => {
  expect(way(1, a.mac, 'ff:ff:ff:ff:ff:ff').outputs).toEqual([2, 3]);
  expect(way(3, router.mac, '01:00:5e:00:00:05').outputs).toEqual([1, 2]);
});

test('where unknown addresses may be, what is for one of them', () => {
  expect(way(1, a.mac, behind).outputs).toEqual([3]);
  expect(way(1, a.mac, behind, learnedFlows(id, behind, 3)).outputs).toEqual([3]);
});

test('nowhere what speaks as another, or as nobody who is known at a port that does not learn', () => {
  for (const frame of [way(1, b.mac, router.mac), way(3, a.mac, b.mac), way(2, behind, a.mac)])
    expect(frame.outputs).toEqual([]);
});

test('nowhere what comes from many, or is between neighbouring bridges', () => {
  expect(way(1, 'ff:ff:ff:ff:ff:ff', b.mac).outputs).toEqual([]);
  expect(way(3, router.mac, '01:80:c2:00:00:0e').outputs).toEqual([]);
});

test('at a port that learns, past who is known: and the controller hears of it once', () => {
  expect(way(3, behind, a.mac)).toMatchObject({ outputs: [1], isReported: true });
  expect(way(3, behind, a.mac, learnedFlows(id, behind, 3))).toMatchObject({
    outputs: [1],
    isReported: false,
  });
});

test('past a trunk, which is nobody: who is behind it is learned, and nobody who is here', () => {
  const trunk = { number: 4, learns: true } satisfies Member;
  const joined = pipelineOf(id, [a, trunk]);
  const at = (inPort: number, ethSrc: string, ethDst: string, more = joined.flows) =>
    trace(more, joined.groups, { inPort, ethSrc, ethDst, ethType: 0x0800 });
  expect(at(1, a.mac, behind).outputs).toEqual([4]);
  expect(at(4, behind, a.mac)).toMatchObject({ outputs: [1], isReported: true });
  expect(at(4, a.mac, behind).outputs).toEqual([]);
  const learned = [...joined.flows, ...learnedFlows(id, behind, 4)];
  expect(at(4, behind, a.mac, learned)).toMatchObject({ outputs: [1], isReported: false });
});
