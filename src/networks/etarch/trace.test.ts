import { expect, test } from 'vitest';
import { DomainModel, endpoint } from '../../../test/support/domain-model.ts';
import { pipelineOf } from './agent/pipeline.ts';
import { busesOf } from './domain/buses.ts';
import { traceOf } from './trace.ts';
import { agentGroup, etherType, workspaceAddress } from './wire/ethernet.ts';

// Alice, Bob and Carol are at node one, Dave is at node two; all but Carol are in Alice’s room.

const names = ['alice', 'bob', 'carol'];
const stations = names.map((name) => ({ ...endpoint(name), port: `p-${name}` }));
const dave = endpoint('dave', ['dave'], 'two');
const numbers = new Map([...names.map((name, at) => [`p-${name}`, at + 1] as const), ['wire', 9]]);
const model = new DomainModel();
for (const who of [...stations, dave]) {
  if (who.endpoint !== 'bob') model.ask(who, { primitive: 'entityRegister', title: who.endpoint });
}
const [alice, bob] = stations as [(typeof stations)[0], (typeof stations)[0]];
model.ask(bob, { primitive: 'entityRegister', title: 'bob' });
model.ask(alice, {
  primitive: 'workspaceCreate',
  title: 'alice',
  workspace: 'room',
  access: ['bob', 'dave'],
});
for (const who of [alice, bob, dave])
  model.ask(who, { primitive: 'workspaceAttach', title: who.endpoint, workspace: 'room' });
const { domain } = model;
const buses = busesOf(domain, 'one', stations);
const { flows } = pipelineOf(
  'aabbccddeeff',
  stations.map(({ mac, port }) => ({ number: numbers.get(port)!, mac })),
  buses.map((bus) => ({ ...bus, members: bus.members.map((name) => numbers.get(`p-${name}`)!) })),
  9,
);
const here = {
  node: 'one',
  stations,
  trunk: 'wire',
  numbers,
  flows: flows.map((flow) => ({ ...flow, packets: 0n, bytes: 0n, age: 0 })),
};
const traced = (from: string, to?: string, more = {}) =>
  traceOf({ from, ...(to !== undefined && { to }), ...more }, domain, here);

test('what a member says goes to the others, here and on other nodes', () => {
  const { destination, steps, outcome, to } = traced('alice', 'room');
  expect([destination, outcome]).toEqual([workspaceAddress('room'), 'delivered']);
  expect(to).toEqual([
    { kind: 'endpoint', name: 'bob' },
    { kind: 'edge', name: 'trunk' },
    { kind: 'endpoint', name: 'dave', node: 'two' },
  ]);
  expect(steps.map(({ at }) => at)).toEqual(['workspace room', 'table 0', 'table 1', 'table 2', 'node two']);
  expect(steps[0]).toMatchObject({
    place: 'agent',
    rule: 'members: alice, bob, dave',
    effect: 'alice may speak in it',
  });
});

test('who is not in it is stopped where the switch says so, and it is said why', () => {
  const { steps, outcome, to } = traced('carol', 'room');
  expect([outcome, to]).toEqual(['dropped', []]);
  expect(steps[0]?.effect).toBe('carol is not in it: its creator does not let this title in');
  expect(steps.at(-1)).toEqual({ place: 'switch', at: 'table 1', rule: 'no flow', effect: 'dropped' });
});

test('a title is nobody’s address: it is said where both speak', () => {
  expect(traced('alice', 'dave')).toMatchObject({
    steps: [
      { at: 'title dave', rule: 'endpoint dave, node two', effect: /^hears what is said in room/ },
      { at: 'table 0' },
      { at: 'table 1', effect: 'dropped' },
    ].map(({ effect, ...step }) => ({ ...step, ...(effect && { effect: expect.stringMatching(effect) }) })),
    outcome: 'dropped',
  });
  expect(traced('carol', 'dave').steps[0]?.effect).toMatch(/^hears nothing of this endpoint/);
});

test('what is forged or no part of the architecture ends in table 0, and what is asked goes to the agent', () => {
  for (const more of [{ sourceMac: bob.mac }, { etherType: 0x0800 }])
    expect(traced('alice', 'room', more).steps.at(-1)).toMatchObject({ at: 'table 0', effect: 'dropped' });
  expect(traced('alice', agentGroup, { etherType: etherType.control })).toMatchObject({
    outcome: 'delivered',
    to: [{ kind: 'host', name: 'agent' }],
  });
});

test('nobody is guessed', () => {
  expect(() => traced('alice', 'nobody')).toThrow(/no workspace, title or endpoint/);
  expect(() => traced('dave', 'room')).toThrow(/no port at the switch of this node/);
});
