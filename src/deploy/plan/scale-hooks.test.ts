import { expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';
import { deployed } from '../../../test/support/observed.ts';
import { heal, ids, stepsOf } from '../../../test/support/planned.ts';
import { nothing, type Observed, runOf } from '../observed.ts';

const file = `
services:
  web: { image: nginx }
  db: { image: mariadb }
  fw: { image: wall, network_mode: none, x-heddle: { function: { mode: wire, hooks: { start: [manager, start], scale: [manager, scale] } } } }
x-heddle: { chains: [{ name: front, from: web, to: db, through: [fw] }] }
`;
const scaled = (fw: number) => specOf(file, { scale: { fw } });
const observedOf = (fw: number): Observed => ({ ...deployed(scaled(fw)), proofs: [] });
const calls = (steps: ReturnType<typeof stepsOf>) => steps.filter(({ id }) => id.endsWith(' scale'));

test('all instances that there are from now on are told of those before, once they are proven', () => {
  const steps = stepsOf(scaled(2), observedOf(1));
  const occasion = {
    hook: 'scale',
    reason: 'there are 2 instances, and were 1',
    from: ['shop-fw-1'],
    to: ['shop-fw-1', 'shop-fw-2'],
  };
  expect(calls(steps).map(({ args }) => args)).toEqual([
    { function: 'shop-fw-1', occasion },
    { function: 'shop-fw-2', occasion },
  ]);
  expect(calls(steps)[1]?.after).toEqual(
    expect.arrayContaining(['callHook shop-fw-2 start', 'insertWire shop-db-1', 'proveChains shop-db-1']),
  );
});

test('those that stay are told when others go', () => {
  const [call, ...others] = calls(stepsOf(scaled(1), observedOf(3)));
  expect(others).toEqual([]);
  expect(call?.args).toMatchObject({
    function: 'shop-fw-1',
    occasion: { from: ['shop-fw-1', 'shop-fw-2', 'shop-fw-3'], to: ['shop-fw-1'] },
  });
});

test('nobody is told where there are as many, where all come, or where one is brought back', () => {
  expect(calls(stepsOf(scaled(2), observedOf(2)))).toEqual([]);
  expect(calls(stepsOf(scaled(2), { ...nothing, images: deployed(scaled(2)).images, proofs: [] }))).toEqual(
    [],
  );
  expect(ids(scaled(2), observedOf(1), heal).filter((id) => id.endsWith(' scale'))).toEqual([]);
});

test('one whose call failed is called again', () => {
  const observed = observedOf(1);
  const program = observed.containers.find(({ name }) => name === 'shop-fw-1')!;
  const call = { digest: '', at: '2026-01-01T00:00:00Z', took: 1 };
  const failed = {
    run: runOf(program),
    isAgain: false,
    calls: { scale: { ...call, failure: 'no' } },
    outputs: {},
  };
  const [again] = calls(stepsOf(scaled(1), { ...observed, hooks: { 'shop-fw-1': failed } }));
  expect(again).toMatchObject({ reason: 'its hook scale failed' });
});
