import { expect, test } from 'vitest';
import { difference } from '../../ovs/controller/difference.ts';
import { learnedFlows, type Member, pipelineOf } from './pipeline.ts';

const id = 'aabbccddeeff';
const a = { number: 1, mac: '02:00:00:00:00:0a', learns: false } satisfies Member;
const b = { number: 2, mac: '02:00:00:00:00:0b', learns: true } satisfies Member;

test('every flow bears the cookie of its network', () => {
  const { flows } = pipelineOf(id, [a, b]);
  expect(
    new Set([...flows, ...learnedFlows(id, '02:00:00:00:00:0c', 2)].map(({ cookie }) => cookie >> 16n)),
  ).toEqual(new Set([0xaabbccddeeffn]));
});

test('what is standing never goes by itself; what was learned does, and the controller is told', () => {
  expect(pipelineOf(id, [a, b]).flows.every((flow) => flow.idleTimeout === 0 && !flow.reportsRemoval)).toBe(
    true,
  );
  expect(learnedFlows(id, a.mac, 2).every((flow) => flow.idleTimeout > 0 && flow.reportsRemoval)).toBe(true);
});

test('a switch that has everything lacks nothing, whatever the order', () => {
  const { flows } = pipelineOf(id, [a, b]);
  expect(difference(flows, [...flows].reverse())).toEqual({ lacking: [], surplus: [] });
});

test('a port that goes takes just its flows with it', () => {
  const before = pipelineOf(id, [a, b]).flows;
  const { lacking, surplus } = difference(pipelineOf(id, [a]).flows, before);
  expect(lacking).toEqual([]);
  expect(surplus.map(({ match }) => match)).toEqual([
    { inPort: 2, ethSrc: b.mac },
    { ethSrc: b.mac },
    { inPort: 2 },
    { ethDst: b.mac },
  ]);
});

test('a flow with another content is replaced, and not deleted', () => {
  const before = pipelineOf(id, [a]).flows;
  const moved = pipelineOf(id, [{ ...a, number: 7 }]).flows;
  const { lacking, surplus } = difference(moved, before);
  expect(lacking.map(({ match }) => match)).toContainEqual({ ethDst: a.mac });
  expect(surplus.map(({ match }) => match)).toEqual([{ inPort: 1, ethSrc: a.mac }]);
});
