import { expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';
import { deployed, hash } from '../../../test/support/observed.ts';
import { stepsOf } from '../../../test/support/planned.ts';
import { throughInstances } from '../../selector/instances.ts';
import type { DeploymentSpec } from '../../selector/spec.ts';
import type { HookCall } from '../function-hooks/notes.ts';
import { type Observed, runOf } from '../observed.ts';
import { withVersions } from '../versions.ts';

const specFor = (image: string, order = 'start-first') =>
  specOf(`
services:
  web: { image: nginx }
  db: { image: mariadb }
  fw: { image: ${image}, network_mode: none, deploy: { update_config: { order: ${order} } }, x-heddle: { function: { mode: wire, hooks: { upgrade: [manager, upgrade] } } } }
x-heddle: { chains: [{ name: front, from: web, to: db, through: [fw] }] }
`);
const before: Observed = { ...deployed(specFor('wall:1')), proofs: [] };
const versioned = (spec: DeploymentSpec, { containers, images }: Observed) =>
  throughInstances(withVersions(spec, containers, { hash, images }), [
    ...spec.pods,
    ...specFor('wall:1').pods,
  ]);
const next = versioned(specFor('wall:2'), before);
const upgrades = (spec: DeploymentSpec, observed: Observed) =>
  stepsOf(spec, observed).filter(({ id }) => id.endsWith(' upgrade'));

/** Both run, the new one since later. */
function beside(call?: Pick<HookCall, 'failure'>): Observed {
  const both = { ...deployed(next), proofs: [] };
  const isNew = (name: string) => name.startsWith('shop-fw-1.2');
  const containers = [
    ...before.containers.map((one) => ({ ...one, startedAt: 1 })),
    ...both.containers.filter(({ name }) => isNew(name)).map((one) => ({ ...one, startedAt: 2 })),
  ];
  const program = containers.find(({ name }) => name === 'shop-fw-1.2')!;
  const upgrade = { digest: '', at: '2026-01-01T00:00:00Z', took: 1, ...call };
  const notes = { run: runOf(program), isAgain: false, calls: call ? { upgrade } : {}, outputs: {} };
  const images = { ...before.images, ...both.images };
  return { ...both, images, containers, hooks: { 'shop-fw-1.2': notes } };
}

test('a new version takes over from the one before it, before traffic passes it', () => {
  const [call, ...others] = upgrades(next, before);
  expect(others).toEqual([]);
  expect(call).toMatchObject({
    id: 'callHook shop-fw-1.2 upgrade',
    args: {
      function: 'shop-fw-1.2',
      occasion: { hook: 'upgrade', from: ['shop-fw-1'], to: ['shop-fw-1.2'] },
    },
  });
  const wire = stepsOf(next, before).find(({ id }) => id === 'insertWire shop-db-1');
  expect(wire?.after).toContain('callHook shop-fw-1.2 upgrade');
});

test('it is told once, again when that failed, and when a node was killed before', () => {
  expect(upgrades(next, beside({}))).toEqual([]);
  expect(upgrades(next, beside({ failure: 'no' }))).toMatchObject([{ reason: 'its hook upgrade failed' }]);
  expect(upgrades(next, beside())).toMatchObject([{ reason: 'it takes the place of another version' }]);
});

test('nobody is told where no version stands beside, and who is gone back to has what it had', () => {
  expect(upgrades(specFor('wall:1'), before)).toEqual([]);
  expect(upgrades(versioned(specFor('wall:1'), beside({})), beside({}))).toEqual([]);
  expect(upgrades(specFor('wall:2', 'stop-first'), before)).toEqual([]);
});
