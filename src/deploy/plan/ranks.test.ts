import { expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';
import { deployed, hash, with_ } from '../../../test/support/observed.ts';
import { heal, ids, stepsOf } from '../../../test/support/planned.ts';
import { nothing } from '../observed.ts';
import { stopRanksPlan } from './ranks.ts';
import { restartPlan, startPlan } from './services.ts';

const spec = specOf(`
services:
  trainer: { image: a, networks: [lab], x-heddle: { job: { workers: 2 } } }
  report: { image: b, networks: [lab], depends_on: [trainer] }
networks: { lab: }
`);
const ranks = ['shop-trainer-1', 'shop-trainer-2'];
const starts = ranks.map((name) => `startContainer ${name}`);
const running = deployed(spec);
const after = (id: string, steps = stepsOf(spec, nothing)) => steps.find((step) => step.id === id)?.after;

test('ranks are all made before one starts, and who depends on them waits for that', () => {
  const creates = ranks.map((name) => `createContainer ${name}`);
  for (const id of starts) expect(after(id)).toEqual(expect.arrayContaining(creates));
  for (const { kind, args } of stepsOf(spec, nothing))
    if (kind === 'createContainer')
      expect(args.start).toBe(args.pod.service === 'trainer' ? false : undefined);
  expect(after('createContainer shop-report-1')).toEqual(expect.arrayContaining(starts));
});

test('one that is made anew has the others start again', () => {
  const changed = with_(running, 'shop-trainer-2', undefined);
  const steps = stepsOf(spec, changed);
  expect(steps.map(({ id }) => id)).toEqual(
    expect.arrayContaining(['createContainer shop-trainer-2', 'stopContainer shop-trainer-1', ...starts]),
  );
  for (const id of starts)
    expect(after(id, steps)).toEqual(
      expect.arrayContaining(['createContainer shop-trainer-2', 'stopContainer shop-trainer-1']),
    );
  expect(ids(spec, running)).toEqual([]);
});

test('whoever heals leaves ranks alone that do not run; `start` starts them', () => {
  const dead = with_(running, 'shop-trainer-2', { state: 'stopped', exitCode: 1 });
  const cut = with_(running, 'shop-trainer-2.sandbox', undefined);
  const gone = with_(running, 'shop-trainer-2', undefined);
  for (const observed of [dead, cut, gone]) expect(ids(spec, observed, heal)).toEqual([]);
  const options = { hash, mode: 'heal', settled: true } as const;
  const started = startPlan(spec, dead, ['trainer'], options).steps.map(({ id }) => id);
  expect(started).toEqual(expect.arrayContaining(starts));
});

test('ranks that are restarted are all stopped before one starts', () => {
  const { steps } = restartPlan(spec, running, ['trainer'], { hash, mode: 'heal', settled: true });
  const stops = ranks.map((name) => `stopContainer ${name}`);
  for (const id of starts)
    expect(steps.find((step) => step.id === id)?.after).toEqual(expect.arrayContaining(stops));
});

test('ranks are stopped at once, and what runs beside them is not', () => {
  const paused = with_(running, 'shop-trainer-2', { state: 'paused' });
  const { steps } = stopRanksPlan(spec, paused, 'trainer');
  expect(steps.map(({ id }) => id)).toEqual([
    'stopContainer shop-trainer-1',
    'unpauseContainer shop-trainer-2',
    'stopContainer shop-trainer-2',
  ]);
});

test('ranks on another node are waited for before those here start', () => {
  const [own, far] = spec.pods.filter(({ service }) => service === 'trainer');
  const elsewhere = [
    {
      name: far?.name ?? '',
      service: 'trainer',
      node: 'two',
      container: far?.containers[0]?.name ?? '',
      networks: ['shop_lab'],
      restart: { condition: 'no' },
    },
  ] as const;
  const here = { ...spec, pods: spec.pods.filter((pod) => pod === own), elsewhere };
  const steps = stepsOf(here, nothing);
  expect(after(starts[0] ?? '', steps)).toContain('awaitFarService trainer created');
  // Not before those here are made: two nodes that could not make theirs would wait for each other.
  expect(after('awaitFarService trainer created', steps)).toContain('createContainer shop-trainer-1');
});
