import { expect, test } from 'vitest';
import { specOf } from '../../test/support/compose.ts';
import { throughInstances } from './instances.ts';
import type { DeploymentSpec } from './spec.ts';

const file = `
services:
  web: { image: a }
  db: { image: b }
  fw: { image: f, network_mode: none, x-heddle: { function: wire } }
  ids: { image: i, network_mode: none, x-heddle: { function: wire } }
  tap: { image: i, network_mode: none, x-heddle: { function: { mode: wire, per: replica } } }
x-heddle: { chains: [{ name: front, from: web, to: db, through: [fw, tap, ids] }] }
`;
const scaled = (fw: number, ids = 1) => specOf(file, { scale: { fw, ids } });
const chainOf = ({ pods }: DeploymentSpec) => {
  const { path, instances } = pods.find(({ name }) => name === 'shop-db-1')!.chains![0]!;
  return { path, instances };
};

test('a chain leads through all instances of its functions, in their order', () => {
  expect(chainOf(scaled(2, 3))).toEqual({
    path: ['shop-fw-1', 'shop-fw-2', 'shop-db-1.tap', 'shop-ids-1', 'shop-ids-2', 'shop-ids-3'],
    instances: { fw: ['shop-fw-1', 'shop-fw-2'], ids: ['shop-ids-1', 'shop-ids-2', 'shop-ids-3'] },
  });
  expect(chainOf(scaled(1)).instances).toBeUndefined();
});

test('where the functions alone are chosen, what is led is led through as many as there are then', () => {
  for (const [before, next] of [
    [scaled(1), scaled(3)],
    [scaled(3), scaled(1)],
  ] as const) {
    const db = before.pods.filter(({ name }) => name === 'shop-db-1');
    const mixed = { ...next, pods: [...next.pods.filter(({ name }) => name !== 'shop-db-1'), ...db] };
    expect(chainOf(throughInstances(mixed, before.pods))).toEqual(chainOf(next));
  }
});

test('what is as it should be stays so', () => {
  expect(throughInstances(scaled(3, 2))).toEqual(scaled(3, 2));
});
