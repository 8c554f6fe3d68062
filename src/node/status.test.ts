import { expect, test } from 'vitest';
import { emptySpec } from '../selector/empty-spec.ts';
import type { PodSpec } from '../selector/spec.ts';
import type { Desired } from './desired.ts';
import { guardNote } from './status.ts';

const db = { name: 'shop-db-1', path: ['shop-db-1.firewall'] } as unknown as PodSpec;
const desired: Desired = { spec: { ...emptySpec('shop'), pods: [db] }, stopped: [] } as unknown as Desired;
const row = { pod: 'shop-db-1', role: 'application', state: 'running' } as const;
const wire = (whole: boolean) => [{ pod: 'shop-db-1', path: ['shop-db-1.firewall'], whole }];
const rules = { 'shop-db-1.firewall': 'digest' };

const none = { stopped: new Set<string>() };

test.each([
  ['all is in place', wire(true), rules, null],
  ['there is no wire', [], rules, /^NOT GUARDED: its traffic does not all pass shop-db-1.firewall$/],
  ['one of its ways is open', wire(false), rules, /^NOT GUARDED/],
  ['the firewall has no rules', wire(true), {}, /^NOT GUARDED: shop-db-1.firewall has no rules$/],
])('what ps says of a service behind a firewall when %s', (_name, wires, functions, said) => {
  const note = guardNote(row, desired, wires, functions, none);
  if (said === null) expect(note).toBeNull();
  else expect(note).toMatch(said);
});

test('ps does not miss rules of a function that only looks', () => {
  const inspector = { name: 'shop-db-1.firewall', path: [], function: { kind: 'inspection' } };
  const looking = { ...desired, spec: { ...desired.spec, pods: [db, inspector as unknown as PodSpec] } };
  expect(guardNote(row, looking, wire(true), {}, none)).toBeNull();
});

test('what ps says of a service whose chain is broken, where it has no functions of its own', () => {
  const chains = [{ chain: 'front', path: ['shop-fw-1', 'shop-db-1.ids'] }];
  const pod = { name: 'shop-db-1', path: [], chains } as unknown as PodSpec;
  const plain = (name: string) => ({ name, path: [], forwards: { mode: 'wire' } }) as unknown as PodSpec;
  const pods = [pod, plain('shop-fw-1'), plain('shop-db-1.ids')];
  const led = { ...desired, spec: { ...desired.spec, pods } };
  const now = (front: string[], whole = true) => [{ pod: 'shop-db-1', path: [], chains: { front }, whole }];
  const said = 'NOT GUARDED: the traffic of the chain front does not all pass shop-fw-1, shop-db-1.ids';
  expect(guardNote(row, led, now(['shop-fw-1', 'shop-db-1.ids']), {}, none)).toBeNull();
  expect(guardNote(row, led, now(['shop-db-1.ids']), {}, none)).toBe(said);
  expect(guardNote(row, led, now(['shop-fw-1', 'shop-db-1.ids'], false), {}, none)).toBe(said);
  expect(guardNote(row, led, [], {}, none)).toBe(said);
});

test.each([
  [
    'closed',
    'CUT OFF: nothing of the chain front passes while shop-ids-1 does not run',
    ['shop-ids-1', 'shop-fw-1'],
  ],
  [
    'open',
    'BYPASSED: the traffic of the chain front passes without shop-ids-1, which does not run',
    ['shop-fw-1'],
  ],
])(
  'what ps says of a service whose chain is %s, and a function of it does not run',
  (onFailure, said, passed) => {
    const chains = [{ chain: 'front', path: ['shop-ids-1', 'shop-fw-1'], onFailure }];
    const pods = [
      { name: 'shop-db-1', path: [], chains },
      ...['shop-ids-1', 'shop-fw-1'].map((name) => ({ name, path: [], forwards: { mode: 'wire' } })),
    ] as unknown as PodSpec[];
    const led = { ...desired, spec: { ...desired.spec, pods } };
    const paths = [{ pod: 'shop-db-1', path: [], chains: { front: passed }, whole: true }];
    expect(guardNote(row, led, paths, {}, { stopped: new Set(['shop-ids-1']) })).toBe(said);
    expect(guardNote(row, led, [], {}, { stopped: new Set(['shop-ids-1']) })).toMatch(/^NOT GUARDED/);
  },
);

test('what ps says of a service whose function does not run, where the version before goes on', () => {
  const chains = [{ chain: 'front', path: ['shop-fw-1.2'], onFailure: 'open' }];
  const pods = [
    { name: 'shop-db-1', path: [], chains },
    { name: 'shop-fw-1.2', path: [], forwards: { mode: 'wire' } },
  ] as unknown as PodSpec[];
  const led = { ...desired, spec: { ...desired.spec, pods } };
  const paths = [{ pod: 'shop-db-1', path: [], chains: { front: ['shop-fw-1'] }, whole: true }];
  const out = {
    stopped: new Set(['shop-fw-1.2']),
    standIns: new Map([['shop-fw-1.2', [{ name: 'shop-fw-1' }]]]),
  };
  expect(guardNote(row, led, paths, {}, out)).toBe(
    'NOT UPGRADED: the traffic of the chain front passes shop-fw-1 in place of shop-fw-1.2, which does not run',
  );
});
