import { expect, test } from 'vitest';
import type { MemberSight } from './bond-driver.ts';
import { judge, type Seen } from './judge.ts';
import { bondsSettings } from './settings.ts';

const { bond0 } = bondsSettings.parse({ bond0: { links: ['eth1', 'eth2'] } });
const actor = { system: '02:00:00:00:00:01', key: 1 };
const partner = { system: '02:00:00:00:00:02', key: 7 };
const member = (name: string, more: Partial<MemberSight> = {}): MemberSight => ({
  name,
  hasCarrier: true,
  speed: 1e9,
  isHeard: true,
  partner: { ...partner, port: 1 },
  bfd: undefined,
  isUsed: true,
  falls: [0],
  ...more,
});
const none = { bytes: 0, packets: 0, dropped: 0 };
const counters = new Map(
  ['eth1', 'eth2'].map((name) => [name, { name, sent: none, received: none, errors: 0 }]),
);
const seen = (members: readonly MemberSight[], more: Partial<Seen> = {}): Seen => ({
  wish: { ...bond0!, name: 'bond0' },
  driver: { name: 'ovs', cost: undefined },
  sight: { actor, members },
  trouble: undefined,
  counters,
  lately: new Map(),
  mtu: 1500,
  addresses: [],
  refused: new Map(),
  ...more,
});
const judged = (second: Partial<MemberSight>, more?: Partial<Seen>) =>
  judge(seen([member('eth1'), member('eth2', second)], more));
const problem = (second: Partial<MemberSight>, more?: Partial<Seen>) =>
  judged(second, more).members[1]?.problem;

test('two links that are agreed on are a bond', () => {
  expect(judged({})).toMatchObject({
    state: 'up',
    reason: 'agreed with 02:00:00:00:00:02 (key 7) on 2 of 2 links',
    partner,
    imbalance: null,
  });
});

test('what is wrong with a link is named', () => {
  const away = { isHeard: false, isUsed: false, partner: undefined };
  expect(problem({ ...away, hasCarrier: false })).toBe('pulled');
  expect(problem(away)).toBe('silent');
  expect(problem({ bfd: false, isUsed: false })).toBe('silent');
  expect(problem({ partner: { ...actor, port: 1 }, isUsed: false })).toBe('looped');
  expect(problem({ partner: { ...partner, system: '02:00:00:00:00:03', port: 1 }, isUsed: false })).toBe(
    'miswired',
  );
  expect(problem({ partner: { ...partner, key: 8, port: 1 }, isUsed: false })).toBe('miswired');
  expect(problem({ speed: 1e8 })).toBe('slow');
  expect(problem({ speed: 1e8, isUsed: false, partner: { ...partner, key: 8, port: 1 } })).toBe('slow');
  expect(problem({ error: 'No such device' })).toBe('refused');
  const lately = { falls: 0, errors: 0, sent: 0, failures: 0 };
  expect(problem({}, { lately: new Map([['eth2', { ...lately, falls: 3 }]]) })).toBe('flapping');
  expect(problem({}, { lately: new Map([['eth2', { ...lately, falls: 2 }]]) })).toBeNull();
  expect(problem({}, { lately: new Map([['eth2', { ...lately, errors: 1 }]]) })).toBe('lossy');
  expect(problem({}, { refused: new Map([['eth2', 'it is a port of br0']]) })).toBe('refused');
  expect(problem({}, { counters: new Map([...counters].slice(0, 1)) })).toBe('absent');
  expect(judged({ speed: 1e8 }).reason).toBe(
    'agreed with 02:00:00:00:00:02 (key 7) on 2 of 2 links; eth2 runs at 100 Mbit/s, and others at 1 Gbit/s',
  );
});

test('without a partner on any link nothing passes, and that is said once', () => {
  const away = { isHeard: false, isUsed: false, partner: undefined };
  const { state, reason } = judge(seen([member('eth1', away), member('eth2', away)]));
  expect(state).toBe('down');
  expect(reason).toMatch(
    /^nobody speaks LACP on eth1, eth2: nothing passes, .*make the ports opposite one group/,
  );
});

test('the kernel’s bond carries on one link where nobody has agreed on more', () => {
  const away = { isHeard: false, isUsed: false, partner: undefined };
  const kernel = { driver: { name: 'kernel', cost: undefined } } as const;
  const { state, reason } = judge(seen([member('eth1', away), member('eth2', away)], kernel));
  expect({ state, reason }).toEqual({
    state: 'degraded',
    reason: expect.stringMatching(/: one link carries alone; /),
  });
});

test('what keeps a bond from being as it should be is said beside what it does', () => {
  const { state, reason } = judge(seen([member('eth1'), member('eth2')], { trouble: 'the disk is full' }));
  expect(state).toBe('degraded');
  expect(reason).toMatch(/^agreed with .* on 2 of 2 links; the disk is full$/);
});

test('the share of each link is of what was sent lately, once that is worth it', () => {
  const lately = (one: number, other: number) =>
    new Map(
      [
        ['eth1', one],
        ['eth2', other],
      ].map(([name, sent]) => [String(name), { falls: 0, errors: 0, sent: Number(sent), failures: 0 }]),
    );
  const { imbalance, members } = judged({}, { lately: lately(300_000, 100_000) });
  expect(imbalance).toBe(0.5);
  expect(members.map(({ share }) => share)).toEqual([0.75, 0.25]);
  expect(judged({}, { lately: lately(1000, 10) }).imbalance).toBeNull();
});

test('one that was never made says what kept it', () => {
  const { state, reason } = judge(seen([], { sight: undefined, trouble: 'Open vSwitch is away' }));
  expect({ state, reason }).toEqual({ state: 'down', reason: 'Open vSwitch is away' });
});
