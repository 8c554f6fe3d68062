import { expect, test } from 'vitest';
import { PodTable } from './pod-table.ts';
import type { PodSpec } from './spec.ts';

const pod = (name: string, role: PodSpec['role'] = 'service', service?: string) =>
  ({ name, role, ...(service !== undefined && { service }), path: [] }) as unknown as PodSpec;
const inPath = (fn: string) => (one: PodSpec) => ({ ...one, path: [fn] });

test('pods stay in their order, whichever is changed, and new ones come last', () => {
  const pods = new PodTable([
    pod('a-1', 'service', 'a'),
    pod('b-1', 'service', 'b'),
    pod('a-2', 'service', 'a'),
  ]);
  pods.add(pod('c', 'collector'));
  pods.changeOf('a', inPath('f'));
  pods.change('c', inPath('g'));
  pods.change('none', inPath('h'));
  expect(pods.all.map(({ name, path }) => [name, ...path])).toEqual([
    ['a-1', 'f'],
    ['b-1'],
    ['a-2', 'f'],
    ['c', 'g'],
  ]);
});

test('of a service are its replicas and what is run of it once, and not the agents beside it', () => {
  const pods = new PodTable([
    pod('a-1', 'service', 'a'),
    pod('once', 'oneoff', 'a'),
    pod('beside', 'agent', 'a'),
    pod('nobody'),
  ]);
  expect(pods.of('a').map(({ name }) => name)).toEqual(['a-1', 'once']);
  expect(pods.of('none')).toEqual([]);
  expect([pods.has('beside'), pods.has('a')]).toEqual([true, false]);
});

test('of two of one name, which are refused later, both are kept', () => {
  const pods = new PodTable([pod('a-1', 'service', 'a'), pod('a-1', 'service', 'b')]);
  pods.changeOf('b', inPath('f'));
  expect(pods.all.map(({ path }) => path)).toEqual([[], ['f']]);
});
