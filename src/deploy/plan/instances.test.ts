import { describe, expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';
import { deployed, hash, with_ } from '../../../test/support/observed.ts';
import { heal, ids, stepsOf } from '../../../test/support/planned.ts';
import { throughInstances } from '../../selector/instances.ts';
import type { Observed } from '../observed.ts';
import { withVersions } from '../versions.ts';

const file = (image = 'wall', more = '') => `
services:
  web: { image: nginx }
  db: { image: mariadb }
  fw: { image: ${image}, network_mode: none${more}, x-heddle: { function: wire } }
x-heddle: { chains: [{ name: front, from: web, to: db, through: [fw] }] }
`;
const scaled = (fw: number) => specOf(file(), { scale: { fw } });
/** With proofs, and the images of another specification, too. */
const observedOf = (spec: ReturnType<typeof specOf>, ...others: (typeof spec)[]): Observed => ({
  ...deployed(spec),
  proofs: [],
  images: Object.assign({}, ...[spec, ...others].map((one) => deployed(one).images)),
});
const afterOf = (steps: ReturnType<typeof stepsOf>, id: string) =>
  steps.find((step) => step.id === id)?.after ?? [];

test('an instance that comes stands and runs before it is led to, and is proven then', () => {
  const steps = stepsOf(scaled(3), observedOf(scaled(1)));
  expect(afterOf(steps, 'insertWire shop-db-1')).toEqual(
    expect.arrayContaining(['createContainer shop-fw-2', 'createContainer shop-fw-3']),
  );
  expect(afterOf(steps, 'proveChains shop-db-1')).toContain('insertWire shop-db-1');
  expect(steps.some(({ kind }) => kind === 'removeContainer' || kind === 'drainFunction')).toBe(false);
});

test('one that goes is drained once the others are proven, and removed then', () => {
  const steps = stepsOf(scaled(1), observedOf(scaled(2)));
  const drain = steps.find(({ id }) => id === 'drainFunction shop-fw-2');
  expect(drain).toMatchObject({
    args: { function: 'shop-fw-2', limit: 60_000 },
    reason: 'it is no longer in the file, and flows are with it',
    after: ['insertWire shop-db-1', 'proveChains shop-db-1'],
  });
  for (const name of ['shop-fw-2', 'shop-fw-2.sandbox'])
    expect(afterOf(steps, `removeContainer ${name}`)).toContain('drainFunction shop-fw-2');
});

test('a function that goes with its chain has nobody who could take its flows', () => {
  const without = specOf(file().replace(', through: [fw]', ', through: [{ firewall: true }]'));
  expect(ids(without, observedOf(scaled(2), without)).some((id) => id.startsWith('drain'))).toBe(false);
});

test('while some run, the chain does without one that does not, and is led through it when it is started', () => {
  const spec = scaled(2);
  const ended = with_(observedOf(spec), 'shop-fw-2', { state: 'stopped', exitCode: 1 });
  const [step] = stepsOf(spec, ended, { ...heal, mayRestart: () => false });
  expect(step).toMatchObject({
    id: 'insertWire shop-db-1',
    reason: 'its chains do without shop-fw-2, which does not run',
  });
  expect(afterOf(stepsOf(spec, ended, heal), 'insertWire shop-db-1')).toContain('startContainer shop-fw-2');
});

describe('a new version that starts first', () => {
  const more = ', deploy: { update_config: { order: start-first } }';
  const [before, next] = [specOf(file('wall:1', more)), specOf(file('wall:2', more))];
  const observed = observedOf(before, next);
  const version = throughInstances(
    withVersions(next, observed.containers, { hash, images: observed.images }),
    [...next.pods, ...before.pods],
  );

  test('stands beside the one before, which goes when its flows have ended', () => {
    const steps = stepsOf(version, observed);
    expect(steps.map(({ id }) => id)).toEqual([
      'createSandbox shop-fw-1.2',
      'createContainer shop-fw-1.2',
      'insertWire shop-db-1',
      'proveChains shop-db-1',
      'drainFunction shop-fw-1',
      'removeContainer shop-fw-1',
      'removeContainer shop-fw-1.sandbox',
      'guardNeighbours shop',
    ]);
  });

  test('is all that is to be when that was cut short: to heal removes nothing', () => {
    const both = observedOf(version);
    const cut: Observed = {
      ...both,
      containers: [...both.containers, ...observed.containers.filter(({ name }) => name.includes('-fw-'))],
      chains: Object.fromEntries(
        Object.entries(both.chains ?? {}).map(([pod, chains]) => [
          pod,
          { ...chains, paths: { front: ['shop-fw-1.2', 'shop-fw-1'] } },
        ]),
      ),
    };
    expect(ids(version, { ...cut, proofs: [] }, heal)).toEqual(['proveChains shop-db-1']);
    const again = ids(version, cut);
    expect(again).toContain('drainFunction shop-fw-1');
    expect(again).not.toContain('createSandbox shop-fw-1.2');
  });
});
