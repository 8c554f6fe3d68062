import { expect, test } from 'vitest';
import { mayHaveName, mayHavePort, readPortRange, ruleOf } from './publish-rules.ts';

const named = (...names: string[]) => ({ names });

test('the rule that says most of a namespace is its rule; without one it may nothing, without rules all', () => {
  const rules = { '*': named('any'), 'team-*': named('team'), 'team-red': named('red') };
  expect(ruleOf(rules, 'team-red')).toEqual(named('red'));
  expect(ruleOf(rules, 'team-blue')).toEqual(named('team'));
  expect(ruleOf(rules, 'shop')).toEqual(named('any'));
  expect(ruleOf({ shop: {} }, 'other')).toEqual({ isRefused: true });
  expect(ruleOf({}, 'shop')).toEqual({ isRefused: true });
  expect(ruleOf(undefined, 'shop')).toEqual({});
});

test('names are those that are written, or that begin so', () => {
  expect(mayHaveName({}, 'web')).toBe(true);
  expect(mayHaveName(named(), 'web')).toBe(false);
  expect(mayHaveName(named('web', 'shop-*'), 'shop-a')).toBe(true);
  expect(mayHaveName(named('web', 'shop-*'), 'webs')).toBe(false);
});

test.each([
  ['80', 80, 'tcp', true],
  ['80', 80, 'udp', true],
  ['53/udp', 53, 'udp', true],
  ['53/udp', 53, 'tcp', false],
  ['7000-7010/tcp', 7010, 'tcp', true],
  ['7000-7010/tcp', 7011, 'tcp', false],
] as const)('%s speaks of %d/%s: %s', (text, port, protocol, expected) => {
  const range = readPortRange(text);
  expect(range && mayHavePort({ ports: [range] }, { port, protocol })).toBe(expected);
});

test.each(['', '0', '65536', '90-80', '80/sctp', '-1', '80-', 'http', '1e3'])('"%s" is no port', (text) =>
  expect(readPortRange(text)).toBeUndefined(),
);
