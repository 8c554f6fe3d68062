import { expect, test } from 'vitest';
import type { ChainStatus } from '../../networks/path/proof/status.ts';
import { chainFamilies } from './chain-families.ts';

const chain = (state: ChainStatus['state'], bypassed: string[] = []): ChainStatus => ({
  chain: state,
  from: 'web',
  to: 'db',
  ports: [],
  through: ['ids', 'fw'],
  onFailure: 'open',
  state,
  reason: null,
  bypassed,
  at: null,
  hooks: [],
  pods: [
    {
      pod: 'shop-db-1',
      state,
      at: null,
      telemetry: [],
      probes: [
        {
          interface: 'eth0',
          family: 'ipv4',
          direction: 'in',
          took: null,
          hops: [
            { function: 'shop-ids-1', entered: true, left: true, after: 1, took: 3.5 },
            { function: 'shop-fw-1', entered: true, left: false, after: 5, took: null },
          ],
        },
      ],
    },
  ],
});
const values = (name: string, ...chains: ChainStatus[]) =>
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
