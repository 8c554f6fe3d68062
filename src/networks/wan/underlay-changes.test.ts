import { expect, test } from 'vitest';
import { type Rule, ruleChanges, surplusRoutes } from './underlay-changes.ts';

const wanted = ['priority 7300 fwmark 0x48574c lookup 7300'];
const rule: Rule = { priority: 7300, src: 'all', fwmark: '0x48574c', table: '7300' };
const own = { protocol: '73' };

test('a rule that is lost is made again, and one that is wanted no more goes', () => {
  expect(ruleChanges([], wanted)).toEqual([`rule add ${wanted[0]} protocol 73`]);
  expect(ruleChanges([{ ...rule, ...own }], wanted)).toEqual([]);
  const old: Rule = { priority: 7300, iif: 'lo', ipproto: 'udp', dport: 51_820, table: '7300', ...own };
  expect(ruleChanges([old], wanted)).toEqual([
    `rule add ${wanted[0]} protocol 73`,
    'rule del priority 7300 iif lo ipproto udp dport 51820 lookup 7300 protocol 73',
  ]);
});

test('what somebody else has there is left alone', () => {
  const theirs: Rule = { priority: 7301, src: '192.0.2.9', table: 'main' };
  expect(ruleChanges([theirs, rule], wanted)).toEqual([]);
  expect(ruleChanges([theirs, rule], [])).toEqual([]);
});

test('a route goes when nothing leads there any more, and only in its own form', () => {
  const refusing = { dst: '192.0.2.2', type: 'unreachable', metric: 4_278_198_272 };
  const found = new Map([[7300, [{ dst: '192.0.2.2' }, refusing, { dst: '192.0.2.3' }]]]);
  const lines = ['192.0.2.2 dev eth1 src 192.0.2.1', 'unreachable 192.0.2.2 metric 4278198272'];
  expect(surplusRoutes(found, new Map([[7300, lines]]))).toEqual(['route del 192.0.2.3 proto 73 table 7300']);
  expect(surplusRoutes(found, new Map([[7300, lines.slice(0, 1)]]))).toContain(
    'route del unreachable 192.0.2.2 metric 4278198272 proto 73 table 7300',
  );
  expect(surplusRoutes(found, new Map())).toHaveLength(3);
});
