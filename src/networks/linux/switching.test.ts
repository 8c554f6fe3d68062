import { expect, test } from 'vitest';
import { type LearningSwitch, type SwitchPort, switched } from './switching.ts';

const port = (endpoint: string, more: Partial<SwitchPort> = {}): SwitchPort => ({
  interface: `hp-${endpoint}`,
  endpoint,
  isOpen: true,
  isolated: false,
  hairpin: false,
  ...more,
});
const a = '02:00:00:00:00:0a';
const b = '02:00:00:00:00:0b';
const bridge = '02:00:00:00:00:ff';
const lab = (...ports: readonly SwitchPort[]): LearningSwitch => ({
  name: 'hb',
  ports,
  stations: new Map([
    [a, { interface: 'hp-a', rule: `${a} dev hp-a` }],
    [b, { interface: 'hp-b', rule: `${b} dev hp-b` }],
    [bridge, { interface: 'hb', rule: `${bridge} dev hb permanent` }],
  ]),
});
const whole = lab(port('a'), port('b'), { ...port('x'), interface: 'hv12', endpoint: undefined as never });

test('what was learned leads to one port', () => {
  expect(switched(whole, 'a', b)).toEqual({
    step: { place: 'switch', at: 'switch hb', rule: `${b} dev hp-b`, effect: 'out at hp-b, to b' },
    outcome: 'delivered',
    to: [{ kind: 'endpoint', name: 'b' }],
  });
  expect(switched(whole, 'a', bridge).to).toEqual([{ kind: 'host', name: 'hb' }]);
});

test('what was not, and what is for many, goes to all others', () => {
  for (const to of ['02:00:00:00:00:77', 'ff:ff:ff:ff:ff:ff', '33:33:00:00:00:01'])
    expect(switched(whole, 'a', to)).toMatchObject({
      outcome: 'flooded',
      to: [
        { kind: 'endpoint', name: 'b' },
        { kind: 'edge', name: 'hv12' },
        { kind: 'host', name: 'hb' },
      ],
    });
});

test.each<[string, LearningSwitch, string, string]>([
  ['a port that is shut', lab(port('a', { isOpen: false }), port('b')), b, 'the port does not forward'],
  ['one that is shut behind', lab(port('a'), port('b', { isOpen: false })), b, 'port hp-b does not forward'],
  ['itself', whole, a, 'it is where it came from'],
  [
    'between isolated ports',
    lab(port('a', { isolated: true }), port('b', { isolated: true })),
    b,
    'both ports are isolated',
  ],
  ['between neighbouring bridges', whole, '01:80:c2:00:00:0e', 'between neighbouring bridges only'],
])('nothing passes: %s', (_, sw, to, why) => {
  expect(switched(sw, 'a', to)).toMatchObject({
    outcome: 'dropped',
    to: [],
    step: { effect: expect.stringContaining(why) },
  });
});

test('a port with hairpin sends back', () => {
  expect(switched(lab(port('a', { hairpin: true })), 'a', a).to).toEqual([{ kind: 'endpoint', name: 'a' }]);
});
