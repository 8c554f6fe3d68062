import { expect, test } from 'vitest';
import { choicesIn } from './choices.ts';
import type { Groups } from './groups.ts';
import { hopsThrough, type Stage } from './hops.ts';
import { positionDigest } from './names.ts';
import type { KnownPassage } from './passage.ts';
import type { FunctionSpace } from './scene.ts';
import { groupsOf, wantedStages } from './stages.ts';

const ends = { pod: 1, switch: 2 };
const space = (name: string, more: Partial<FunctionSpace> = {}): FunctionSpace => ({
  name,
  pid: 1,
  namespace: 1,
  links: [],
  position: 'fw',
  ...more,
});
const passage = (name: string, outer: number): KnownPassage => ({
  chain: 'front',
  function: name,
  lane: 0,
  wire: 'aa',
  outer,
  inner: outer + 1,
  ports: { outer: `a-${outer}`, inner: `b-${outer}` },
  position: positionDigest('fw'),
});
const many = Array.from({ length: 17 }, (_, at) => passage(`fw-${at + 1}`, 10 * (at + 1)));
const [first, second, third] = [many[0]!, many[1]!, many[2]!];

/** Leads a chain, one order of instances after another; `settle`: then all that are wanted are given flows, and no others. */
class Led {
  groups: Groups = new Map();
  now: readonly Stage<KnownPassage>[] | undefined;
  readonly closed = new Set<KnownPassage>();

  lead(...functions: readonly (KnownPassage | FunctionSpace)[]): this {
    const passages = many;
    const spaces = functions.map((one) => ('links' in one ? one : space(one.function)));
    const found = spaces.flatMap(({ name }) => passages.find((one) => one.function === name) ?? []);
    const hops = this.now ? hopsThrough(ends, this.now) : new Map();
    const stages = wantedStages({ chain: 'front', spaces }, found, {
      noted: { hops, heads: new Map(), groups: this.groups },
      passages,
      isOpen: (one) => !this.closed.has(one),
      now: this.now,
      time: 1000,
    });
    this.now = stages.map(({ stage }) => stage);
    this.groups = new Map([...this.groups, ...groupsOf(stages)]);
    return this;
  }

  settle(...functions: readonly KnownPassage[]): this {
    const outer = new Set(functions.map((one) => one.outer));
    this.groups = new Map(
      [...this.groups].map(([id, group]) => {
        const instances = group.instances.map((one) => ({ ...one, isActive: outer.has(one.outer) }));
        return [id, { ...group, instances }];
      }),
    );
    return this;
  }

  get all(): string[] {
    const [stage] = this.now ?? [];
    const names = new Map(many.map((one) => [one.outer, one.function]));
    if (!stage || !('group' in stage)) return [];
    const group = this.groups.get(stage.group);
    return (group?.instances ?? []).map(
      ({ outer, isActive }) => `${names.get(outer)}${isActive ? '' : ' rests'}`,
    );
  }

  get group() {
    const [stage] = this.now ?? [];
    return stage && 'group' in stage ? { id: stage.group, ...this.groups.get(stage.group)! } : undefined;
  }
}

test('one function alone is no group', () => {
  expect(new Led().lead(first).now).toEqual([first]);
});

test('those that come together are given flows at once: nobody passed any before', () => {
  expect(new Led().lead(first, second).all).toEqual(['fw-1', 'fw-2']);
});

test('one that comes beside another rests, and what is open stays with the first', () => {
  const led = new Led().lead(first).lead(first, second);
  expect(led.all).toEqual(['fw-1', 'fw-2 rests']);
  const { elder, instances } = led.group!;
  expect(elder).toEqual({ id: instances[0]!.id, until: 1000 + 7440e9 });
});

test('flows are known, and so is who had them, whoever comes then', () => {
  const before = new Led().lead(first).lead(first, second).settle(first, second);
  const { id, scope, elder, instances } = before.group!;
  const after = before.lead(first, second, third);
  expect(after.all).toEqual(['fw-1', 'fw-2', 'fw-3 rests']);
  expect(after.group).toMatchObject({ id, scope, elder });
  expect(after.group!.instances.slice(0, 2)).toEqual(instances);
});

test('one that goes is given no flows any more where all that stay are, and keeps those that it has', () => {
  const led = new Led().lead(first, second, third).lead(first);
  expect(led.all).toEqual(['fw-1', 'fw-2 rests', 'fw-3 rests']);
  expect(led.lead(first, second).all).toEqual(['fw-1', 'fw-2 rests', 'fw-3 rests']);
});

test('one that is to be replaced is given flows until what replaces it is', () => {
  const led = new Led().lead(space('fw-1', { keepsFlows: true })).lead(second);
  expect(led.all).toEqual(['fw-2 rests', 'fw-1']);
  expect(led.settle(second).lead(second).all).toEqual(['fw-2', 'fw-1 rests']);
});

test('one that goes and lets nothing in any more is no longer there', () => {
  const led = new Led().lead(first, second);
  led.closed.add(second);
  expect(led.lead(first).now).toEqual([first]);
});

test('where those end that were given flows, others are at once', () => {
  const led = new Led().lead(first).lead(first, second);
  led.closed.add(first);
  led.groups = new Map(
    [...led.groups].map(([id, group]) => [
      id,
      { ...group, instances: group.instances.filter(({ outer }) => outer !== first.outer) },
    ]),
  );
  led.now = choicesIn(led.groups, [second]);
  expect(led.lead(space('fw-2', { keepsFlows: true })).all).toEqual(['fw-2']);
});

test('a function that keeps flows has them noted though it is alone', () => {
  expect(new Led().lead(space('fw-1', { keepsFlows: true })).all).toEqual(['fw-1']);
});

test('more than fit side by side are refused, those that are to go among them, and none is cut off', () => {
  const led = new Led().lead(...many.slice(0, 16));
  expect(led.all).toHaveLength(16);
  const { groups } = led;
  expect(() => led.lead(...many.slice(1))).toThrow(
    expect.objectContaining({
      code: 'ERR_CHAIN_IMPOSSIBLE',
      message: expect.stringContaining(
        '16 instances of a function, and beside them through what has not gone yet: fw-1;',
      ),
    }),
  );
  expect(led.groups).toBe(groups);
});
