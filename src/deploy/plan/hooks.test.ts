import { expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';
import { farPod } from '../../../test/support/far-pod.ts';
import { deployed, hash, with_ } from '../../../test/support/observed.ts';
import { heal, ids, stepsOf } from '../../../test/support/planned.ts';
import type { ChainProof } from '../../networks/path/proof/proof.ts';
import { farSandbox } from '../far.ts';
import { hookInputs, isHooked } from '../function-hooks/inputs.ts';
import type { AllNotes, HookNotes } from '../function-hooks/notes.ts';
import { stopsOf } from '../function-hooks/readiness.ts';
import { nothing, type Observed, runOf } from '../observed.ts';
import { downPlan } from './down.ts';

const hooks = ['configure', 'start', 'heal', 'stop'].map((name) => `${name}: [manager, ${name}]`).join(', ');
const file = (more = '', onFailure = 'closed') => `
services:
  web: { image: nginx }
  db: { image: mariadb${more} }
  fw: { image: wall, network_mode: none, x-heddle: { function: { mode: wire, hooks: { ${hooks} } } } }
x-heddle: { chains: [{ name: front, from: web, to: db, through: [fw], onFailure: ${onFailure} }] }
`;
const spec = specOf(file());
const call = (digest = '') => ({ digest, at: '2026-01-01T00:00:00Z', took: 1 });

/** All of it runs, and its function was configured and started. */
function configured(of = spec): Observed {
  const observed = deployed(of);
  const pod = of.pods.find(isHooked)!;
  const program = observed.containers.find(({ name }) => name === pod.name)!;
  const inputs = hookInputs(of, observed.containers, pod, {});
  const digest = hash({ inputs, how: pod.forwards.hooks.configure });
  const notes: HookNotes = {
    run: runOf(program),
    isAgain: false,
    calls: { configure: call(digest), start: call() },
    outputs: {},
  };
  return { ...observed, hooks: { [pod.name]: notes }, stops: stopsOf(of), proofs: [proof()] };
}

const proof = (failure?: string): ChainProof => ({
  chain: 'front',
  pod: 'shop-db-1',
  at: '2026-01-02T00:00:00Z',
  passings: [
    {
      interface: 'eth0',
      family: 'ipv4',
      direction: 'in',
      took: null,
      hops: [{ function: 'shop-fw-1', entered: true, left: failure === undefined, after: 1, took: null }],
      ...(failure !== undefined && { failure }),
    },
  ],
});

const withNotes = (observed: Observed, change: (notes: HookNotes) => HookNotes): Observed => {
  const changed = Object.entries(observed.hooks ?? {}).map(([name, notes]) => [name, change(notes)]);
  return { ...observed, hooks: Object.fromEntries(changed) as AllNotes };
};

test('a function is configured before traffic passes it, and started when its chain is proven', () => {
  const steps = stepsOf(spec, { ...nothing, images: deployed(spec).images, proofs: [] });
  const step = (id: string) => steps.find((one) => one.id === id);
  expect(step('callHook shop-fw-1 configure')).toMatchObject({
    reason: 'its program starts',
    after: expect.arrayContaining([
      'createContainer shop-fw-1',
      'createSandbox shop-web-1',
      'createSandbox shop-db-1',
    ]),
  });
  expect(step('insertWire shop-db-1')?.after).toContain('callHook shop-fw-1 configure');
  expect(step('callHook shop-fw-1 start')?.after).toEqual(
    expect.arrayContaining(['proveChains shop-db-1', 'callHook shop-fw-1 configure']),
  );
  expect(step('callHook shop-fw-1 heal')).toBeUndefined();
});

test('what was told is not told again', () => {
  expect(ids(spec, configured())).toEqual([]);
  expect(ids(spec, configured(), heal)).toEqual([]);
});

test('what its manager is told of is somewhere else: it is configured anew, and the chain proved', () => {
  const moved = with_(configured(), 'shop-web-1.sandbox', {
    networks: [{ network: 'shop_default', ipv4: '10.0.0.9' }],
  });
  const steps = stepsOf(spec, moved, heal);
  expect(steps.find(({ id }) => id === 'callHook shop-fw-1 configure')?.reason).toBe(
    'what its manager is told has changed',
  );
  expect(steps.find(({ id }) => id === 'proveChains shop-db-1')?.after).toContain(
    'callHook shop-fw-1 configure',
  );
  // Its traffic goes on meanwhile.
  expect(ids(spec, moved, heal)).not.toContain('callHook shop-fw-1 start');
});

test('its peer on another node has come, or is somewhere else: it is configured anew', () => {
  const web = farPod('web');
  const here = {
    ...spec,
    pods: spec.pods.filter(({ service }) => service !== 'web'),
    elsewhere: [web],
  };
  const alone = configured(here);
  expect(ids(here, alone, heal)).not.toContain('callHook shop-fw-1 configure');
  const seen = { ...alone, elsewhere: [farSandbox(web, [{ network: 'shop_lab', ipv4: '10.0.0.7' }])] };
  expect(ids(here, seen, heal)).toContain('callHook shop-fw-1 configure');
});

test('one that could not be configured is tried again, and then let in', () => {
  const failed = withNotes(configured(), (notes) => ({
    ...notes,
    calls: { configure: { ...call(), failure: 'x' } },
  }));
  const steps = stepsOf(spec, failed, heal);
  expect(steps.map(({ id }) => id)).toEqual([
    'callHook shop-fw-1 configure',
    'insertWire shop-db-1',
    'guardNeighbours shop',
    'proveChains shop-db-1',
    'callHook shop-fw-1 start',
  ]);
});

test('a chain that is open on failure goes on without one that cannot be configured', () => {
  const open = specOf(file('', 'open'));
  const steps = stepsOf(open, { ...nothing, images: deployed(open).images });
  expect(steps.find(({ id }) => id === 'insertWire shop-db-1')?.despite).toContain(
    'callHook shop-fw-1 configure',
  );
});

test('one that ended is configured and healed before it is let in', () => {
  const ended = with_(configured(), 'shop-fw-1', { state: 'stopped', exitCode: 1, pid: undefined });
  const steps = stepsOf(spec, ended, heal);
  const step = (id: string) => steps.find((one) => one.id === id);
  expect(step('callHook shop-fw-1 heal')).toMatchObject({
    reason: 'its program ended, and runs again',
    after: expect.arrayContaining(['startContainer shop-fw-1', 'callHook shop-fw-1 configure']),
  });
  expect(step('insertWire shop-db-1')?.after).toContain('callHook shop-fw-1 heal');
  expect(step('callHook shop-fw-1 start')).toBeDefined();
});

test('one that a proof failed at is healed, once for each, before it is proved again', () => {
  const failed = { ...configured(), proofs: [proof('lost')] };
  const steps = stepsOf(spec, failed, heal);
  expect(steps.map(({ id }) => id)).toEqual(['callHook shop-fw-1 heal', 'proveChains shop-db-1']);
  expect(steps[0]).toMatchObject({
    reason: 'the proof of front failed at it',
    args: { occasion: { chain: 'front' } },
  });
  const healed = withNotes(failed, (notes) => ({
    ...notes,
    calls: { ...notes.calls, heal: { ...call(), at: '2026-01-03T00:00:00Z' } },
  }));
  expect(ids(spec, healed, heal)).toEqual(['proveChains shop-db-1']);
});

test('a service that uses its outputs starts when it is configured', () => {
  const uses = specOf(file(', x-heddle: { outputsOf: [fw] }'));
  const steps = stepsOf(uses, { ...nothing, images: deployed(uses).images });
  expect(steps.find(({ id }) => id === 'createContainer shop-db-1')?.after).toContain(
    'callHook shop-fw-1 configure',
  );
});

test('it is told before it is taken out, which happens all the same', () => {
  const { steps } = downPlan('shop', configured(), { volumes: false, images: [] });
  const end = steps.find(({ id }) => id === 'removeContainer shop-fw-1');
  expect(end?.after).toContain('callHook shop-fw-1 stop');
  expect(end?.despite).toContain('callHook shop-fw-1 stop');
  expect(steps[0]).toMatchObject({ id: 'callHook shop-fw-1 stop', reason: 'down was asked for', after: [] });
});

test('one that does not run is told nothing', () => {
  const ended = with_(configured(), 'shop-fw-1', { state: 'stopped', exitCode: 1, pid: undefined });
  const { steps } = downPlan('shop', ended, { volumes: false, images: [] });
  expect(steps.filter(({ kind }) => kind === 'callHook')).toEqual([]);
});

test('it is told before traffic is led elsewhere for that', () => {
  const without = specOf(
    file()
      .replace('through: [fw]', 'through: [{ firewall: { ingress: allow } }]')
      .replace(/ {2}fw: .*\n/, ''),
  );
  const observed = { ...configured(), images: deployed(without).images };
  const steps = stepsOf(without, observed, { isOrphan: (service) => service === 'fw' });
  expect(steps.find(({ id }) => id === 'removeContainer shop-fw-1')?.after).toContain(
    'callHook shop-fw-1 stop',
  );
  expect(steps.find(({ id }) => id === 'insertWire shop-db-1')?.after).toContain('callHook shop-fw-1 stop');
});

test('who asked for something else is not told of one that failed', () => {
  const failed = withNotes(configured(), (notes) => ({
    ...notes,
    calls: { configure: { ...call(), failure: 'x' } },
  }));
  expect(ids(spec, failed, { only: new Set(['web']) })).toEqual([]);
});
