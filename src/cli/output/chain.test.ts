import { expect, test } from 'vitest';
import type { ChainStatus } from '../../networks/path/proof/status.ts';
import { chainJson, chainNamed, chainText } from './chain.ts';

const front: ChainStatus = {
  chain: 'front',
  from: 'web',
  to: 'db',
  ports: ['80/tcp'],
  through: ['fw'],
  onFailure: 'closed',
  state: 'proven',
  reason: null,
  bypassed: [],
  at: null,
  pods: [],
  hooks: [],
};
const [north, south] = [
  { ...front, node: 'north' },
  { ...front, node: 'south', state: 'failed', reason: 'not seen at shop-fw-1' },
] as const;

test('a chain that several nodes lead is shown as each of them sees it', () => {
  const found = chainNamed([north, { ...front, chain: 'back' }, south], 'front', 'shop');
  expect(found.map(chainText).join('')).toBe(
    'front on north: from web to db (80/tcp) through fw, closed on failure\nproven\n\n' +
      'front on south: from web to db (80/tcp) through fw, closed on failure\nfailed: not seen at shop-fw-1\n\n',
  );
  expect(JSON.parse(chainJson(found))).toEqual([north, south]);
});

test('one of a single node is one object, and names none', () => {
  const found = chainNamed([front], 'front', 'shop');
  expect(JSON.parse(chainJson(found))).toEqual(front);
  expect(found.map(chainText).join('')).toMatch(/^front: from web/);
});

test('one that there is not is refused with those that there are, each once', () => {
  expect(() => chainNamed([north, south], 'x', 'shop')).toThrow(
    expect.objectContaining({ code: 'ERR_CHAIN_UNKNOWN', hint: 'there is: front' }),
  );
});
