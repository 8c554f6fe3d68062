import { describe, expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';
import { deployed, hash, with_ } from '../../../test/support/observed.ts';
import { heal, ids, stepsOf } from '../../../test/support/planned.ts';
import { throughInstances } from '../../selector/instances.ts';
import { stopsOf } from '../function-hooks/readiness.ts';
import { nothing, type Observed } from '../observed.ts';
import { standInsFor } from '../stand-ins.ts';
import { withVersions } from '../versions.ts';
import { plan } from './plan.ts';
import { withoutStarting } from './without-starting.ts';

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

test('nothing is removed of one that goes where nothing is started that could take its flows', () => {
  const { steps } = withoutStarting(plan(scaled(1), observedOf(scaled(2)), { hash, mode: 'up' }));
  expect(steps.filter(({ kind }) => kind === 'removeContainer' || kind === 'releaseFunction')).toEqual([]);
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

test('one that cannot be made ready keeps nobody from being led through the others, and those proven', () => {
  const spec = specOf(
    file().replace('{ function: wire }', '{ function: { mode: wire, hooks: { configure: [manager] } } }'),
    { scale: { fw: 2 } },
  );
  const steps = stepsOf(spec, { ...nothing, images: deployed(spec).images, proofs: [] });
  const despiteOf = (id: string) => steps.find((step) => step.id === id)?.despite ?? [];
  for (const id of ['insertWire shop-db-1', 'proveChains shop-db-1'])
    for (const fn of ['shop-fw-1', 'shop-fw-2']) {
      expect(afterOf(steps, id)).toContain(`callHook ${fn} configure`);
      expect(despiteOf(id)).toContain(`callHook ${fn} configure`);
    }
  expect(despiteOf('proveChains shop-db-1')).not.toContain('insertWire shop-db-1');
});

/** A function with a manager of its own, told that it ends. */
const hooked = (text: string) =>
  text.replace('{ function: wire }', '{ function: { mode: wire, hooks: { stop: [manager, stop] } } }');
const hookedObserved = (spec: ReturnType<typeof specOf>, ...others: (typeof spec)[]): Observed => ({
  ...observedOf(spec, ...others),
  stops: stopsOf(spec),
});
/** What has to be done before a step, whatever is between them. */
const allBefore = (steps: ReturnType<typeof stepsOf>, id: string): string[] =>
  afterOf(steps, id).flatMap((one) => [one, ...allBefore(steps, one)]);

test('one that goes is told so once others are proven and its flows have ended, and not before', () => {
  const of = (fw: number) => specOf(hooked(file()), { scale: { fw } });
  const steps = stepsOf(of(1), hookedObserved(of(2)));
  const call = 'callHook shop-fw-2 stop';
  expect(afterOf(steps, call)).toEqual(['drainFunction shop-fw-2']);
  expect(afterOf(steps, 'removeContainer shop-fw-2')).toContain(call);
  for (const id of ['insertWire shop-db-1', 'proveChains shop-db-1', 'drainFunction shop-fw-2'])
    expect(allBefore(steps, id)).not.toContain(call);
  const order = steps.map(({ id }) => id);
  expect(order.indexOf(call)).toBeGreaterThan(order.indexOf('drainFunction shop-fw-2'));
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

  test('is there and proven before the one before is told that it ends', () => {
    const [old, young] = ['wall:1', 'wall:2'].map((image) => specOf(hooked(file(image, more))));
    const there = hookedObserved(old!, young!);
    const named = withVersions(young!, there.containers, { hash, images: there.images });
    const steps = stepsOf(throughInstances(named, [...young!.pods, ...old!.pods]), there);
    const call = 'callHook shop-fw-1 stop';
    expect(allBefore(steps, call)).toEqual(
      expect.arrayContaining([
        'createContainer shop-fw-1.2',
        'insertWire shop-db-1',
        'proveChains shop-db-1',
      ]),
    );
    expect(afterOf(steps, 'removeContainer shop-fw-1')).toContain(call);
  });

  test('that does not come up does not lead an open chain around the one before', () => {
    const open = (image: string) => specOf(file(image, more).replace('[fw] }', '[fw], onFailure: open }'));
    const [old, young] = [open('wall:1'), open('wall:2')];
    const there = observedOf(old, young);
    const named = withVersions(young, there.containers, { hash, images: there.images });
    const wanted = throughInstances(named, [...young.pods, ...old.pods]);
    const both = deployed(wanted);
    const ended: Observed = with_(
      {
        ...there,
        containers: [
          ...both.containers,
          ...there.containers.filter(({ labels }) => labels['io.heddle.service'] === 'fw'),
        ],
      },
      'shop-fw-1.2',
      { state: 'stopped', exitCode: 1, pid: undefined },
    );
    expect(ids(wanted, ended, { ...heal, mayRestart: () => false })).not.toContain('insertWire shop-db-1');
    expect([...standInsFor(wanted, ended.containers)].map(([fn, all]) => [fn, all[0]?.name])).toEqual([
      ['shop-fw-1.2', 'shop-fw-1'],
    ]);
    const dead = with_(ended, 'shop-fw-1', { state: 'stopped', exitCode: 1, pid: undefined });
    expect(standInsFor(wanted, dead.containers).size).toBe(0);
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
