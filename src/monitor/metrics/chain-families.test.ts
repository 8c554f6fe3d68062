import { expect, test } from 'vitest';
import { type ChainFigures, chainFamilies } from './chain-families.ts';

const chain = (state: ChainFigures['state'], bypassed: string[] = []): ChainFigures => ({
  chain: state,
  state,
  bypassed,
  pods: [
    {
      pod: 'shop-db-1',
      probes: [
        {
          interface: 'eth0',
          family: 'ipv4',
          direction: 'in',
          hops: [
            { function: 'shop-ids-1', took: 3.5 },
            { function: 'shop-fw-1', took: null },
          ],
        },
      ],
    },
  ],
});
const values = (name: string, ...chains: ChainFigures[]) =>
  chainFamilies.find((family) => family.name === name)?.values({ chains });

test('a chain that nobody can prove is neither proven nor broken', () => {
  expect(values('heddle_chain_proven', chain('proven'), chain('failed'), chain('waiting'))).toEqual([
    { labels: { chain: 'proven' }, value: 1 },
    { labels: { chain: 'failed' }, value: 0 },
  ]);
});

test('functions that a chain does without are counted', () => {
  expect(values('heddle_chain_bypassed', chain('proven', ['shop-ids-1']))).toEqual([
    { labels: { chain: 'proven' }, value: 1 },
  ]);
});

test('how long a function had a probe is told where it came out', () => {
  expect(values('heddle_chain_function_seconds', chain('proven'))).toEqual([
    {
      labels: {
        chain: 'proven',
        pod: 'shop-db-1',
        interface: 'eth0',
        family: 'ipv4',
        direction: 'in',
        function: 'shop-ids-1',
      },
      value: 3.5e-6,
    },
  ]);
});
