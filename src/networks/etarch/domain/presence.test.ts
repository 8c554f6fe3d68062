import { expect, test } from 'vitest';
import { DomainModel, endpoint } from '../../../../test/support/domain-model.ts';
import { busesOf } from './buses.ts';
import { depart, enter, prune, withdraw } from './presence.ts';

const alice = endpoint('alice');
const bob = endpoint('bob', ['bob'], 'two');

/** Alice is on node one, Bob on node two, and both are in her workspace. */
function spanning(): DomainModel {
  const model = new DomainModel();
  for (const node of ['one', 'two']) model.apply(enter(model.domain, node));
  for (const who of [alice, bob]) model.ask(who, { primitive: 'entityRegister', title: who.endpoint });
  model.ask(alice, { primitive: 'workspaceCreate', title: 'alice', workspace: 'room', maxBandwidth: 500 });
  for (const who of [alice, bob])
    model.ask(who, { primitive: 'workspaceAttach', title: who.endpoint, workspace: 'room' });
  return model;
}

test('each node makes the workspaces that have members on it, and knows which have others elsewhere', () => {
  const { domain } = spanning();
  const address = domain.workspaces.get('room')?.address;
  expect(busesOf(domain, 'one', [alice, endpoint('carol')])).toEqual([
    { address, members: ['alice'], isElsewhere: true, rate: 500 },
  ]);
  expect(busesOf(domain, 'two', [bob])).toMatchObject([{ members: ['bob'], isElsewhere: true }]);
  expect(busesOf(domain, 'three', [])).toEqual([]);
  // Without Bob’s endpoint there is nobody else.
  const model = spanning();
  model.apply(withdraw(model.domain, 'two', [], 0));
  expect(busesOf(model.domain, 'one', [alice])).toMatchObject([{ isElsewhere: false }]);
});

test('an endpoint with another address, or that may not have the title any more, is not the entity’s', () => {
  const { domain } = spanning();
  expect(busesOf(domain, 'one', [{ ...alice, mac: '02:00:00:00:00:99' }])).toEqual([]);
  expect(busesOf(domain, 'one', [{ ...alice, titles: ['somebody'] }])).toEqual([]);
});

test('whose a title was is known for a moment, so that the last word is heard, unless it is another’s by then', () => {
  const model = spanning();
  const { mac } = alice;
  const whose = () => model.ask(bob, { primitive: 'entityLookup', title: 'alice' });
  model.ask(alice, { primitive: 'entityUnregister', title: 'alice' });
  expect(whose()).toMatchObject({ status: 'ok', address: mac });
  const other = endpoint('other', ['*']);
  model.ask(other, { primitive: 'entityRegister', title: 'alice' });
  expect(whose()).toMatchObject({ address: other.mac });
  model.ask(other, { primitive: 'entityUnregister', title: 'alice' });
  expect(whose()).toMatchObject({ address: other.mac });
  model.apply(prune(model.domain, 10_001));
  expect(whose()).toMatchObject({ status: 'unknown' });
});

test('whose endpoint is gone is away and keeps what it had, for a day', () => {
  const model = spanning();
  expect(withdraw(model.domain, 'one', [alice], 5)).toEqual([]);
  model.apply(withdraw(model.domain, 'one', [], 5));
  expect(model.domain.entities.get('alice')).toMatchObject({ endpoint: 'alice', since: 5 });
  expect(model.domain.entities.get('alice')?.node).toBeUndefined();
  expect(model.ask(alice, { primitive: 'entityRegister', title: 'alice' }).status).toBe('ok');
  model.apply(withdraw(model.domain, 'one', [], 5));
  expect(prune(model.domain, 24 * 3_600_000)).toEqual([]);
  model.apply(prune(model.domain, 24 * 3_600_000 + 6));
  expect([...model.domain.entities.keys()]).toEqual(['bob']);
  expect([...(model.domain.members.get('room') ?? [])]).toEqual(['bob']);
});

test('a title that is away is anybody’s who may have it', () => {
  const model = spanning();
  model.apply(withdraw(model.domain, 'one', [], 5));
  expect(model.ask(endpoint('heir', ['alice']), { primitive: 'entityRegister', title: 'alice' }).status).toBe(
    'ok',
  );
});

test('a domain lives as long as its network lives on any node, and leaves nothing behind', () => {
  const model = spanning();
  model.apply(depart(model.domain, 'one', 9));
  expect([...model.domain.nodes]).toEqual(['two']);
  expect(model.domain.members.get('room')?.size).toBe(2);
  model.apply(depart(model.domain, 'two', 9));
  expect(model.size).toBe(0);
});
