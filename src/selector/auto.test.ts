import { expect, test } from 'vitest';
import { describeText } from '../../test/support/compose.ts';
import type { MeasuredNetworks } from '../measure/net/remembered.ts';
import { archetypes } from '../networks/archetypes.ts';
import { type AutoOffer, withChosen } from './auto.ts';

const now = Date.parse('2026-01-08T12:00:00Z');
const here: MeasuredNetworks = {
  at: '2026-01-08T11:00:00.000Z',
  node: null,
  rounds: 5,
  disturbed: false,
  networks: [
    { name: 'bridge', bandwidth: 20e9, p99: 20, score: 0.9 },
    { name: 'ip', bandwidth: 9e9, p99: 40, score: 0.5 },
    { name: 'overlay', bandwidth: 8e9, p99: 30, score: 0.45 },
    { name: 'sdn', bandwidth: 0.7e9, p99: null, score: 0.1 },
  ],
};
const between: MeasuredNetworks = {
  ...here,
  node: 'two',
  networks: [
    { name: 'ip', bandwidth: 9e9, p99: 40, score: 0.9 },
    { name: 'overlay', bandwidth: 2e9, p99: 90, score: 0.4 },
    { name: 'routed', bandwidth: 4e9, p99: 80, score: 0.8 },
  ],
};

function chosen(needs = '{}', offer: Partial<AutoOffer> = {}, places = '[a]') {
  const { application } = describeText(`
services: { web: { image: a, networks: [lab], x-heddle: { place: ${places} } } }
networks: { lab: { x-heddle: { archetype: auto, needs: ${needs} } } }
`);
  const all = {
    archetypes,
    measured: [here, between],
    now,
    usual: undefined,
    current: () => undefined,
    ...offer,
  };
  const { lab } = withChosen(application, all).networks;
  return { archetype: lab?.archetype, ...lab?.chosen };
}

test('it is what gave most of the host’s own path, of those that the file can have', () => {
  expect(chosen()).toEqual({
    archetype: 'ip',
    reason:
      '9.00 Gbit/s, p99 40 µs, 0.50 of the host’s own path; 1.11 times as good as overlay; 5.00 times as good as sdn; measured 2026-01-08',
    cautions: [],
  });
});

test('where services are at several sites, it reaches all of them, and was measured between hosts', () => {
  expect(chosen('{}', {}, '[a, b]')).toMatchObject({
    archetype: 'routed',
    reason: expect.stringContaining('to two'),
  });
});

test('it does what is asked for', () => {
  expect(chosen('{ p99: 35us }').archetype).toBe('overlay');
  expect(chosen('{ bandwidth: 8.5G }').archetype).toBe('ip');
  expect(chosen('{ bandwidth: 10G }')).toMatchObject({
    archetype: 'auto',
    reason: 'ip gives 9.00 Gbit/s; overlay gives 8.00 Gbit/s; sdn gives 700.0 Mbit/s',
  });
  expect(chosen('{ p99: 10us }').reason).toContain('sdn was not measured for its latency');
});

test('it is one that encrypts, where that is asked for, and was not measured either', () => {
  expect(chosen('{ encrypted: true }')).toMatchObject({
    archetype: 'mesh',
    reason: 'mesh was not measured',
    cautions: [expect.stringContaining('bench net')],
  });
  expect(chosen('{ encrypted: true }', { archetypes: [{ name: 'ip', carriesIp: true }] })).toMatchObject({
    archetype: 'auto',
    reason: 'none of ip encrypts',
  });
});

test('it stays what it is while no other is much better', () => {
  const is = (name: string) => ({ current: () => name });
  expect(chosen('{ bandwidth: 8G }', is('overlay')).archetype).toBe('ip');
  const close = {
    ...here,
    networks: here.networks.map((one) => (one.name === 'overlay' ? { ...one, score: 0.48 } : one)),
  };
  expect(chosen('{}', { ...is('overlay'), measured: [close] }).archetype).toBe('overlay');
  expect(chosen('{ p99: 35us }', { ...is('ip'), measured: [close] }).archetype).toBe('overlay');
});

test('it is said when nothing was measured, long ago, or beside something else', () => {
  expect(chosen('{}', { measured: [] })).toEqual({
    archetype: 'ip',
    reason: 'nothing was measured',
    cautions: ['nothing was measured: `heddle bench net` does it'],
  });
  expect(chosen('{}', { measured: [here] }, '[a, b]')).toMatchObject({
    archetype: 'overlay',
    cautions: ['nothing was measured: `heddle bench net --to NODE` does it'],
  });
  expect(chosen('{ bandwidth: 1M }', { measured: [] })).toMatchObject({ archetype: 'auto' });
  const cautions = chosen('{}', {
    measured: [{ ...here, at: '2025-12-20T12:00:00.000Z', disturbed: true }],
  }).cautions;
  expect(cautions?.[0]).toContain('19 days ago');
  expect(cautions?.[1]).toContain('busy');
});
