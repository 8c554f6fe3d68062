import { expect, test } from 'vitest';
import { isTable, leftTables, type Route, tableOf } from './table.ts';

const end = { name: 'o-2', index: 1_100_000_001 };
const table = String(end.index);
const out: Route = { dst: 'default', dev: 'o-2', table };
/** As `ip -j route` prints it; of IPv6 with `lo`. */
const nowhere: Route = { type: 'blackhole', dst: 'default', dev: 'lo', metric: 4_294_967_295, table };

test('packets leave by one interface, and while that is away by none', () => {
  expect(tableOf(4, end)).toEqual([
    'route replace default via 192.0.0.9 dev o-2 onlink src 192.0.0.8 table 1100000001',
    'route replace blackhole default metric 4294967295 table 1100000001',
  ]);
  expect(isTable([out, nowhere], end)).toBe(true);
  expect(isTable([out], end)).toBe(false);
  expect(isTable([nowhere], end)).toBe(false);
  expect(isTable([{ ...out, dev: 'eth0' }, nowhere], end)).toBe(false);
});

test('tables of interfaces that are gone go, and nobody else’s', () => {
  const present = [out, nowhere, { ...nowhere, table: '9' }];
  expect(leftTables(present, [{ ifindex: end.index }])).toEqual([]);
  expect(leftTables(present, [{ ifindex: 9 }])).toEqual([
    'route del blackhole default metric 4294967295 table 1100000001',
  ]);
});
