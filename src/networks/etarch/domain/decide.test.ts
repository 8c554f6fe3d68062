import { expect, test } from 'vitest';
import { DomainModel, endpoint } from '../../../../test/support/domain-model.ts';
import { workspaceAddress } from '../wire/ethernet.ts';
import { limits } from './decide.ts';
import { prune } from './presence.ts';

const alice = endpoint('alice');
const bob = endpoint('bob', ['bob', 'bob/*']);
const registered = () => {
  const model = new DomainModel();
  model.ask(alice, { primitive: 'entityRegister', title: 'alice' });
  model.ask(bob, { primitive: 'entityRegister', title: 'bob', capabilities: ['video'] });
  return model;
};
const both = (title: string, workspace = 'room') => ({ title, workspace });

test('a title is registered where the endpoint may have it, and looked up by all', () => {
  const model = registered();
  expect(model.ask(bob, { primitive: 'entityLookup', title: 'alice' })).toEqual({
    status: 'ok',
    address: alice.mac,
  });
  expect(model.ask(bob, { primitive: 'entityRegister', title: 'bob/phone' }).status).toBe('ok');
  expect(model.ask(bob, { primitive: 'entityRegister', title: 'alice' })).toMatchObject({
    status: 'notYours',
    reason: 'endpoint bob may not have this title',
  });
  expect(model.ask(alice, { primitive: 'entityLookup', title: 'carol' }).status).toBe('unknown');
});

test('one that another endpoint has is taken, even where this one may have it as well', () => {
  const twin = endpoint('twin', ['*']);
  expect(registered().ask(twin, { primitive: 'entityRegister', title: 'alice' }).status).toBe('taken');
});

test('the same endpoint on another node is the entity that moved: its workspaces stay its', () => {
  const model = registered();
  model.ask(alice, { primitive: 'workspaceCreate', ...both('alice') });
  model.ask(alice, { primitive: 'workspaceAttach', ...both('alice') });
  const moved = { ...alice, node: 'two' };
  expect(model.ask(moved, { primitive: 'entityRegister', title: 'alice' }).status).toBe('ok');
  expect(model.domain.entities.get('alice')).toMatchObject({ node: 'two' });
  expect(model.ask(moved, { primitive: 'workspaceLookup', workspace: 'room' }).members).toBe(1);
  // Where she was, nobody speaks for her any more.
  expect(model.ask(alice, { primitive: 'workspaceDetach', ...both('alice') }).status).toBe('notYours');
});

test('a workspace has the address of its title, and is another’s when another has created it', () => {
  const model = registered();
  const settings = { access: ['bob*'], maxMembers: 2 };
  const created = model.ask(alice, { primitive: 'workspaceCreate', ...both('alice'), ...settings });
  expect(created).toEqual({
    status: 'ok',
    address: workspaceAddress('room'),
    creator: 'alice',
    members: 0,
    maxMembers: 2,
  });
  // Its answer was lost.
  expect(model.ask(alice, { primitive: 'workspaceCreate', ...both('alice'), ...settings })).toEqual(created);
  expect(model.ask(alice, { primitive: 'workspaceCreate', ...both('alice') }).status).toBe('taken');
  expect(model.ask(bob, { primitive: 'workspaceCreate', ...both('bob'), ...settings }).status).toBe('taken');
  expect(model.ask(bob, { primitive: 'workspaceCreate', ...both('bob', 'den'), maxMembers: 0 }).status).toBe(
    'malformed',
  );
});

test('its creator says who may join, what they have to be able to do, and how many there are', () => {
  const model = registered();
  const carol = endpoint('carol', ['*']);
  model.ask(carol, { primitive: 'entityRegister', title: 'carol', capabilities: ['video'] });
  const create = (workspace: string, settings: object) =>
    model.ask(alice, { primitive: 'workspaceCreate', title: 'alice', workspace, ...settings });
  const join = (who: typeof alice, title: string, workspace: string) =>
    model.ask(who, { primitive: 'workspaceAttach', title, workspace }).status;
  create('closed', { access: ['b*b'] });
  expect(['bob', 'carol'].map((title) => join(title === 'bob' ? bob : carol, title, 'closed'))).toEqual([
    'ok',
    'refused',
  ]);
  expect(join(alice, 'alice', 'closed')).toBe('ok');
  create('seen', { requires: ['video'] });
  expect([join(bob, 'bob', 'seen'), join(alice, 'alice', 'seen')]).toEqual(['ok', 'refused']);
  create('duo', { maxMembers: 1 });
  expect([join(bob, 'bob', 'duo'), join(bob, 'bob', 'duo'), join(alice, 'alice', 'duo')]).toEqual([
    'ok',
    'ok',
    'full',
  ]);
  expect(join(bob, 'bob', 'nowhere')).toBe('unknown');
});

test('only its creator deletes it, and then nobody is in it', () => {
  const model = registered();
  model.ask(alice, { primitive: 'workspaceCreate', ...both('alice') });
  model.ask(bob, { primitive: 'workspaceAttach', ...both('bob') });
  expect(model.ask(bob, { primitive: 'workspaceDelete', ...both('bob') }).status).toBe('notYours');
  expect(model.ask(alice, { primitive: 'workspaceDelete', ...both('alice') }).status).toBe('ok');
  expect(model.domain.members.size + model.domain.workspaces.size).toBe(0);
});

test('who gives a title up leaves everything; what they created stays as long as somebody is in it', () => {
  const model = registered();
  model.ask(alice, { primitive: 'workspaceCreate', ...both('alice') });
  for (const [who, title] of [
    [alice, 'alice'],
    [bob, 'bob'],
  ] as const)
    model.ask(who, { primitive: 'workspaceAttach', ...both(title) });
  model.ask(alice, { primitive: 'entityUnregister', title: 'alice' });
  expect([...(model.domain.members.get('room') ?? [])]).toEqual(['bob']);
  model.ask(bob, { primitive: 'workspaceDetach', ...both('bob') });
  expect(model.domain.workspaces.size).toBe(0);
  model.ask(bob, { primitive: 'entityUnregister', title: 'bob' });
  model.apply(prune(model.domain, 10_001));
  expect(model.size).toBe(0);
});

test('nobody uses up what is for all', () => {
  const model = registered();
  const many = endpoint('many', ['m-*']);
  const answers = Array.from(
    { length: limits.entitiesOfEndpoint + 1 },
    (_, index) => model.ask(many, { primitive: 'entityRegister', title: `m-${index}` }).status,
  );
  expect(answers.indexOf('full')).toBe(limits.entitiesOfEndpoint);
  const created = Array.from(
    { length: limits.workspacesOfCreator + 1 },
    (_, index) => model.ask(alice, { primitive: 'workspaceCreate', ...both('alice', `w${index}`) }).status,
  );
  expect(created.indexOf('full')).toBe(limits.workspacesOfCreator);
});

test('two workspaces with a bandwidth have meters of their own: the second of one meter is refused', () => {
  const model = registered();
  const create = (workspace: string, maxBandwidth?: number) =>
    model.ask(alice, {
      primitive: 'workspaceCreate',
      ...both('alice', workspace),
      ...(maxBandwidth !== undefined && { maxBandwidth }),
    });
  expect(create('w25413', 400).status).toBe('ok');
  expect(create('w38064', 400)).toMatchObject({ status: 'taken', reason: 'its meter is that of w25413' });
  expect(create('w38064').status).toBe('ok');
});
