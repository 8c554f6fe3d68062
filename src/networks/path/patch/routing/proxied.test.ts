import { describe, expect, test } from 'vitest';
import { linkCalled } from '../../../../../test/support/link.ts';
import {
  arrivalRules,
  deliveryStamp,
  departureRules,
  leftTablesText,
  type Proxied,
  renderDelivery,
} from './proxied.ts';
import { commonRules, hardwareAddress, isProxyIn, isRoutedBetween, type RoutingState } from './state.ts';
import type { Rule } from './table.ts';

const pair = {
  outer: { name: 'o-2', index: 1_100_000_001 },
  inner: { name: 'i-2', index: 1_100_000_002 },
};
const proxied: Proxied = {
  port: 10080,
  opens: 'outer',
  ports: [
    { protocol: 'tcp', from: 80, to: 80 },
    { protocol: 'tcp', from: 8000, to: 8010 },
  ],
  own: ['10.0.0.2', 'fd00::2'],
};

describe('what a proxy sends', () => {
  test('goes to the pod where it is for that and its ports, and back where it comes from those', () => {
    expect(departureRules(4, pair, proxied)).toEqual([
      'pref 1000 iif lo to 10.0.0.2 ipproto tcp dport 80 lookup 1100000002',
      'pref 1000 iif lo from 10.0.0.2 ipproto tcp sport 80 lookup 1100000001',
      'pref 1000 iif lo to 10.0.0.2 ipproto tcp dport 8000-8010 lookup 1100000002',
      'pref 1000 iif lo from 10.0.0.2 ipproto tcp sport 8000-8010 lookup 1100000001',
    ]);
    expect(departureRules(6, pair, proxied)[0]).toBe(
      'pref 1000 iif lo to fd00::2 ipproto tcp dport 80 lookup 1100000002',
    );
  });

  test('goes to the network where the pod opens the connections', () => {
    expect(departureRules(4, pair, { ...proxied, opens: 'inner' }).slice(0, 2)).toEqual([
      'pref 1001 iif lo from 10.0.0.2 ipproto tcp dport 80 lookup 1100000001',
      'pref 1001 iif lo to 10.0.0.2 ipproto tcp sport 80 lookup 1100000002',
    ]);
  });
});

describe('what comes in', () => {
  const text = renderDelivery(pair, proxied, 'd');

  test('is given to the program where it opens connections, or belongs to one of its own, and else dropped', () => {
    const rules = text.split('\n').filter((line) => line.startsWith('    '));
    expect(rules.slice(3)).toEqual([
      '    iifname "o-2" tcp dport { 80, 8000-8010 } tproxy to :10080 counter name asked meta mark set 0x20000000 accept',
      '    iifname "i-2" meta l4proto tcp socket wildcard 0 socket transparent 1 counter name answered meta mark set 0x20000000 accept',
      '    counter name refused drop',
    ]);
    expect(renderDelivery(pair, { ...proxied, opens: 'inner' }, 'd')).toContain('iifname "i-2" tcp dport');
  });

  test('goes on past the program if it is a probe', () => {
    expect(text).toContain('meta mark & 0x80000000 != 0 counter name proved meta mark set 0x20000001 accept');
    expect(arrivalRules(pair)).toContain('pref 1000 iif o-2 fwmark 0x20000001 lookup 1100000002');
  });
});

test('tables go with their passages', () => {
  const chains = ['heddle-o-2', 'heddle-o-3', 'mine'].map((table) => ({
    family: 'inet',
    table,
    name: 'arriving',
  }));
  expect(leftTablesText(chains, (end) => end === 'o-2')).toBe('delete table inet heddle-o-3\n');
});

describe('a passage', () => {
  const departures = ([4, 6] as const).flatMap((family) => departureRules(family, pair, proxied));
  const stamp = (digest: string) => [{ family: 'inet', table: 'heddle-o-2', name: `stamp_${digest}` }];
  const listed = (line: string): Rule => {
    const word = (name: string) => new RegExp(`(?:^| )${name} (\\S+)`).exec(line)?.[1];
    const [fwmark, fwmask] = word('fwmark')?.split('/') ?? [];
    const port = (name: 'sport' | 'dport') => {
      const [from, to] = word(name)?.split('-').map(Number) ?? [];
      if (from === undefined) return {};
      return to === undefined ? { [name]: from } : { [`${name}_start`]: from, [`${name}_end`]: to };
    };
    const said = {
      iif: word('iif'),
      dst: word('to'),
      ipproto: word('ipproto'),
      table: word('lookup'),
      fwmark,
      fwmask,
    };
    return {
      priority: Number(word('pref')),
      src: word('from') ?? 'all',
      ...Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)),
      ...port('sport'),
      ...port('dport'),
      ...(line.endsWith(' blackhole') && { action: 'blackhole' }),
    };
  };
  const family = (of: 4 | 6) => ({
    rules: [...commonRules(of), ...arrivalRules(pair), ...departureRules(of, pair, proxied)].map(listed),
    routes: [
      { type: 'local', dst: 'default', dev: 'lo', table: '536870912' },
      ...[pair.outer, pair.inner].flatMap(({ name, index }) => [
        { dst: 'default', dev: name, table: String(index) },
        { type: 'blackhole', dst: 'default', metric: 4_294_967_295, table: String(index) },
      ]),
    ],
    settings: ['all', 'o-2', 'i-2'].map((name) => ({
      interface: name,
      forwarding: true,
      rp_filter: 'off',
    })),
  });
  const state: RoutingState = { 4: family(4), 6: family(6), chains: stamp(deliveryStamp(departures, 10080)) };
  const links = [pair.outer, pair.inner].map(({ name, index }) =>
    linkCalled(name, { ifindex: index, address: hardwareAddress, flags: ['UP', 'NOARP'] }),
  );
  const isWhole = (of: RoutingState, port = 10080, taken?: Omit<Proxied, 'port'>) =>
    isRoutedBetween(of, links, { delivery: { port, taken } });

  test('is whole with all its rules, and the table that was made with them', () => {
    expect(isWhole(state)).toBe(true);
    expect(isProxyIn(state)).toBe(true);
    expect(isWhole({ ...state, chains: [] })).toBe(false);
    expect(isWhole({ ...state, chains: stamp('other') })).toBe(false);
  });

  test('is not where its program listens elsewhere, or something else is to be taken', () => {
    expect([10080, 0, 10081].map((port) => isWhole(state, port))).toEqual([true, true, false]);
    expect(isWhole(state, 10080, proxied)).toBe(true);
    for (const change of [{ own: ['10.0.0.2'] }, { opens: 'inner' as const }, { ports: [] }])
      expect(isWhole(state, 10080, { ...proxied, ...change })).toBe(false);
  });

  test('is not without one of them', () => {
    for (const [at] of state[4].rules.entries())
      expect(isWhole({ ...state, 4: { ...state[4], rules: state[4].rules.toSpliced(at, 1) } })).toBe(false);
    for (const [at] of state[4].routes.entries())
      expect(isWhole({ ...state, 4: { ...state[4], routes: state[4].routes.toSpliced(at, 1) } })).toBe(false);
  });
});
