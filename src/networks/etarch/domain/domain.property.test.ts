import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DomainModel, endpoint } from '../../../../test/support/domain-model.ts';
import { tries } from '../../../../test/support/tries.ts';
import type { EntityRequest } from '../wire/control.ts';
import { matchesPattern } from '../wire/names.ts';
import { busesOf } from './buses.ts';
import { withdraw } from './presence.ts';

const askers = ['one', 'two'].flatMap((node) => [
  endpoint('a', ['a', 's*'], node),
  endpoint('b', ['b', 's*'], node),
  endpoint('c', ['*'], node),
]);
const title = fc.constantFrom('a', 'b', 's1', 's2', 'other');
const workspace = fc.constantFrom('w1', 'w2');
const request = fc.oneof(
  { weight: 3, arbitrary: fc.record({ primitive: fc.constant('entityRegister'), title }) },
  fc.record({ primitive: fc.constantFrom('entityUnregister', 'entityLookup'), title }),
  fc.record({
    primitive: fc.constant('workspaceCreate'),
    title,
    workspace,
    access: fc.constantFrom([], ['s*'], ['a', 'b']),
    maxMembers: fc.integer({ min: 1, max: 3 }),
  }),
  {
    weight: 3,
    arbitrary: fc.record({
      primitive: fc.constantFrom('workspaceAttach', 'workspaceDetach', 'workspaceDelete'),
      title,
      workspace,
    }),
  },
) as fc.Arbitrary<EntityRequest>;
const step = fc.oneof(
  { weight: 9, arbitrary: fc.record({ asker: fc.nat(askers.length - 1), request }) },
  { weight: 1, arbitrary: fc.record({ gone: fc.nat(askers.length - 1) }) },
);

test('whatever is asked in whatever order, the domain stays one that could be', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const model = new DomainModel();
      for (const one of steps) {
        if ('gone' in one) {
          const { node, endpoint: name } = askers[one.gone]!;
          const left = askers.filter((other) => other.node === node && other.endpoint !== name);
          model.apply(withdraw(model.domain, node, left, 1));
        } else model.ask(askers[one.asker]!, one.request);
        check(model);
      }
    }),
    tries(10_000, 150),
  );
});

function check({ domain }: DomainModel): void {
  const { entities, workspaces, members } = domain;
  for (const { title: name, endpoint: at } of entities.values()) {
    const { titles } = askers.find((one) => one.endpoint === at)!;
    expect(titles.some((pattern) => matchesPattern(pattern, name))).toBe(true);
  }
  for (const [of, those] of members) {
    const one = workspaces.get(of);
    expect(one).toBeDefined();
    expect(those.size).toBeLessThanOrEqual(one?.maxMembers ?? 0);
    for (const name of those) {
      expect(entities.has(name)).toBe(true);
      const mayJoin = one?.access.length === 0 || one?.creator === name;
      expect(mayJoin || one?.access.some((pattern) => matchesPattern(pattern, name))).toBe(true);
    }
  }
  // Nobody has created what is neither theirs nor anybody’s who is in it.
  for (const { title: name, creator } of workspaces.values())
    expect(entities.has(creator) || (members.get(name)?.size ?? 0) > 0).toBe(true);
  // An entity is at one node’s switch at most.
  const buses = ['one', 'two'].map((node) =>
    busesOf(
      domain,
      node,
      askers.filter((one) => one.node === node),
    ),
  );
  for (const bus of buses.flat()) expect(bus.members.length).toBeGreaterThan(0);
}
