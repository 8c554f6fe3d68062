import { expect, test } from 'vitest';
import { proxyChanges } from './proxy.ts';

test('just those are answered for that are wanted', () => {
  expect(proxyChanges('hb1', ['10.9.0.2', 'fd09::2'], ['10.9.0.2', '10.9.0.3'])).toEqual([
    'neigh del proxy 10.9.0.3 dev hb1',
    'neigh add proxy fd09::2 dev hb1',
  ]);
  expect(proxyChanges('hb1', ['10.9.0.2'], ['10.9.0.2'])).toEqual([]);
});
