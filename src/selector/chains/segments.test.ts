import { expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';

const shop = (through: string, place = 'paris') => `
services:
  web: { image: a, networks: [lab], x-heddle: { place: berlin } }
  db: { image: b, networks: [lab], x-heddle: { place: ${place} } }
  fw: { image: f, network_mode: none, x-heddle: { place: berlin, function: wire } }
  ids: { image: i, network_mode: none, x-heddle: { place: paris, function: wire } }
  tap: { image: t, network_mode: none, x-heddle: { function: { mode: wire, per: replica } } }
networks: { lab: { x-heddle: { archetype: ip, vlan: 7 } } }
x-heddle: { chains: [{ name: shop, from: web, to: db, through: [${through}] }] }
`;
const led = (through: string, place?: string) =>
  specOf(shop(through, place)).pods.flatMap(({ name, chains = [] }) =>
    chains.map(({ side, path }) => [name, side, path]),
  );

test('a chain between sites is led at each by the functions that are there', () => {
  expect(led('fw, ids')).toEqual([
    ['shop-web-1', 'from', ['shop-fw-1']],
    ['shop-db-1', 'to', ['shop-ids-1']],
  ]);
  expect(specOf(shop('fw, ids')).chains).toMatchObject([
    { name: 'shop', at: 'from', through: ['fw'] },
    { name: 'shop', at: 'to', through: ['ids'] },
  ]);
});

test('what stands at one end alone, or has no place of its own, is led in one', () => {
  expect(led('fw')).toEqual([['shop-web-1', 'from', ['shop-fw-1']]]);
  expect(led('ids, tap')).toEqual([['shop-db-1', 'to', ['shop-ids-1', 'shop-db-1.tap']]]);
  expect(led('tap')).toEqual([['shop-db-1', 'to', ['shop-db-1.tap']]]);
  expect(led('fw, tap', 'berlin')).toEqual([['shop-db-1', 'to', ['shop-fw-1', 'shop-db-1.tap']]]);
});

test('a function at neither site, or out of order, is refused where the file names it', () => {
  const refusal = (text: string) => {
    try {
      specOf(text);
      return undefined;
    } catch (error) {
      return (error as { diagnostics: { code: string; message: string; at?: { line: number } }[] })
        .diagnostics;
    }
  };
  const rome = shop('fw, ids').replace(
    'i, network_mode: none, x-heddle: { place: paris',
    'i, network_mode: none, x-heddle: { place: rome',
  );
  expect(refusal(rome)).toMatchObject([
    {
      code: 'ERR_PLACE_IMPOSSIBLE',
      message:
        'x-heddle.chains.0.through.1: ids is placed at rome, and db, whose traffic is led through it, at paris',
      at: { line: 9 },
    },
  ]);
  expect(refusal(shop('ids, fw'))?.map(({ message }) => message)).toEqual([
    'x-heddle.chains.0.through.1: fw is placed at berlin, and db, whose traffic is led through it, at paris',
  ]);
});
