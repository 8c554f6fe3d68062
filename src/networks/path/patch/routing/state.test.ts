import { describe, expect, test } from 'vitest';
import { linkCalled } from '../../../../../test/support/link.ts';
import {
  commonRules,
  type Ends,
  type FamilyState,
  hardwareAddress,
  isGatedIn,
  isRoutedBetween,
  isRouting,
  passageRules,
  type RoutingState,
  ruleChanges,
} from './state.ts';
import type { Rule } from './table.ts';

const ends: Ends = {
  outer: { name: 'o-2', index: 1_100_000_001 },
  inner: { name: 'i-2', index: 1_100_000_002 },
};
const links = [ends.outer, ends.inner].map(({ name, index }) => ({ ifname: name, ifindex: index }));

/** As `ip -j rule` prints what was added. */
const listed = (line: string): Rule => {
  const [, pref = '', iif, fwmark, fwmask, action, table] =
    /^pref (\d+)(?: iif (\S+))?(?: fwmark ([^\s/]+)(?:\/(\S+))?)? (?:(blackhole)|lookup (\S+))$/.exec(line) ??
    [];
  return {
    priority: Number(pref),
    ...(iif && { iif }),
    ...(fwmark && { fwmark }),
    ...(fwmask && { fwmask }),
    ...(action && { action }),
    ...(table && { table }),
  };
};
const kernels: Rule[] = [
  { priority: 0, table: 'local' },
  { priority: 32766, table: 'main' },
];
const state = (family: 4 | 6): FamilyState => ({
  rules: [...kernels, ...[...commonRules(family), ...passageRules(family, ends)].map(listed)],
  routes: [ends.outer, ends.inner].flatMap(({ name, index }) => [
    { dst: 'default', dev: name, table: String(index) },
    { type: 'blackhole', dst: 'default', metric: 4_294_967_295, table: String(index) },
  ]),
  settings: ['all', 'o-2', 'i-2'].map((name) => ({
    interface: name,
    forwarding: family === 6 || name !== 'all',
    ...(family === 4 && { rp_filter: 'off' }),
  })),
});
const whole: RoutingState = { 4: state(4), 6: state(6) };

describe('rules', () => {
  test('lead what came in at one interface out at the other, and what is sent because of it back', () => {
    expect(passageRules(4, ends)).toEqual([
      'pref 1000 iif o-2 lookup 1100000002',
      'pref 1000 iif i-2 lookup 1100000001',
      'pref 1001 iif lo fwmark 0x4190ab01/0x7fffffff lookup 1100000001',
      'pref 1001 iif lo fwmark 0x4190ab02/0x7fffffff lookup 1100000002',
    ]);
  });

  test('of a function with a configuration lead what that has seen', () => {
    expect(passageRules(4, { ...ends, isGated: true }).slice(0, 2)).toEqual([
      'pref 1000 iif o-2 fwmark 0x80000000/0x80000000 lookup 1100000002',
      'pref 1000 iif i-2 fwmark 0x80000000/0x80000000 lookup 1100000001',
    ]);
    expect(isRouting(whole, { ...ends, isGated: true })).toBe(false);
    const gated = { 4: { ...state(4), rules: passageRules(4, { ...ends, isGated: true }).map(listed) } };
    expect([whole, gated].map(isGatedIn)).toEqual([false, true]);
  });

  test.each([4, 6] as const)('of IPv%i that are there are left alone', (family) => {
    expect(ruleChanges(family, state(family).rules, [ends], links)).toEqual([]);
    // Others of the same function stay.
    expect(ruleChanges(family, state(family).rules, [], links)).toEqual([]);
  });

  test('of interfaces that are gone go, though others have come by their names', () => {
    const changes = ruleChanges(4, state(4).rules, [], [{ ifname: 'o-2', ifindex: 7 }]);
    expect(changes).toEqual(passageRules(4, ends).map((line) => `rule del ${line}`));
  });

  test('of somebody else stay', () => {
    const others = [{ priority: 99, iif: 'o-9', table: '9' }, ...kernels];
    expect(ruleChanges(4, others, [], [])).toEqual(commonRules(4).map((line) => `rule add ${line}`));
  });

  test('let IPv6 pass between passages only', () => {
    expect(commonRules(6).slice(-2)).toEqual(['pref 1003 iif lo lookup main', 'pref 1004 blackhole']);
  });
});

describe('a passage is routed', () => {
  test('when rules, routes and settings are all there', () => {
    expect(isRouting(whole, ends)).toBe(true);
    expect(isRouting({ 4: state(4) }, ends)).toBe(true);
  });

  const without = (family: 4 | 6, change: (of: FamilyState) => Partial<FamilyState>): RoutingState => ({
    ...whole,
    [family]: { ...state(family), ...change(state(family)) },
  });
  const set = (name: string, value: object) => (of: FamilyState) => ({
    settings: of.settings.map((one) => (one.interface === name ? { ...one, ...value } : one)),
  });
  test.each<[string, RoutingState]>([
    ['forwarding is off at an interface', without(4, set('o-2', { forwarding: false }))],
    ['forwarding of IPv6 is off', without(6, set('all', { forwarding: false }))],
    ['sources are checked at an interface', without(4, set('i-2', { rp_filter: 'strict' }))],
    ['sources are checked', without(4, set('all', { rp_filter: 'loose' }))],
    ['a route is gone', without(6, ({ routes }) => ({ routes: routes.slice(1) }))],
    [
      'what leaves by no interface could by others',
      without(4, ({ routes }) => ({ routes: routes.slice(0, -1) })),
    ],
    ['rules are gone', without(4, () => ({ rules: kernels }))],
    [
      'nothing keeps what has no rule',
      without(4, ({ rules }) => ({ rules: rules.filter(({ action }) => action !== 'blackhole') })),
    ],
  ])('not when %s', (_, changed) => {
    expect(isRouting(changed, ends)).toBe(false);
  });

  const end = (name: string, more: object = {}) =>
    linkCalled(name, {
      ifindex: name === 'o-2' ? ends.outer.index : ends.inner.index,
      address: hardwareAddress,
      flags: ['UP', 'NOARP'],
      ...more,
    });
  test('between interfaces that take what comes', () => {
    expect(isRoutedBetween(whole, [end('o-2'), end('i-2')])).toBe(true);
    expect(isRoutedBetween(undefined, [end('o-2'), end('i-2')])).toBe(false);
    expect(isRoutedBetween(whole, [undefined, end('i-2')])).toBe(false);
  });
  test.each([{ flags: ['UP'] }, { flags: ['NOARP'] }, { master: 'w-2' }, { address: '02:00:00:00:00:01' }])(
    'not between others: %j',
    (more) => {
      expect(isRoutedBetween(whole, [end('o-2', more), end('i-2')])).toBe(false);
    },
  );
});
