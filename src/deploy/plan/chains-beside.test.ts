import { expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';
import { deployed, hash, with_ } from '../../../test/support/observed.ts';
import { plainOneOff } from '../../../test/support/one-off.ts';
import { heal, ids, stepsOf } from '../../../test/support/planned.ts';
import { nothing, type Observed } from '../observed.ts';
import { downPlan } from './down.ts';
import { rmPlan } from './handling.ts';
import { restartPlan, startPlan, stopPlan } from './services.ts';

// What happens to a pod that is led while something is done with others.

const file = `
services:
  web: { image: nginx }
  db: { image: mariadb }
  fw: { image: wall, network_mode: none, x-heddle: { function: wire } }
x-heddle: { chains: [{ name: front, from: web, to: db, through: [fw, { firewall: { ingress: allow } }] }] }
`;
const spec = specOf(file);
const options = { hash, mode: 'up' } as const;
const stopped = (observed: Observed, pod: string) =>
  with_(with_(observed, `${pod}.sandbox`, { state: 'stopped', finishedAt: 0 }), pod, {
    state: 'stopped',
    exitCode: 0,
  });

test('a function that is removed takes nobody out of its path who stays', () => {
  const left = rmPlan(false)(spec, stopped(deployed(spec), 'shop-fw-1'), ['fw']).steps.map(({ id }) => id);
  expect(left).toEqual(['removeContainer shop-fw-1', 'removeContainer shop-fw-1.sandbox']);
  const observed = deployed(spec);
  const leaving = observed.containers.filter(({ name }) => name.startsWith('shop-fw-1'));
  const down = downPlan('shop', observed, { volumes: false, leaving, partial: true, images: [] });
  expect(down.steps.map(({ kind }) => kind)).not.toContain('removeWire');
  const whole = downPlan('shop', observed, { volumes: false, images: [] });
  expect(whole.steps.map(({ id }) => id)).toContain('removeWire shop-db-1');
});

test('who comes back somewhere else is known at the other end before it runs, whatever was started', () => {
  const gone = stopped(deployed(spec), 'shop-web-1');
  const started = startPlan(spec, gone, ['web'], options).steps;
  const up = stepsOf(spec, gone, { only: new Set(['web']), whole: false });
  for (const steps of [started, up]) {
    const step = (id: string) => steps.find((one) => one.id === id);
    expect(step('insertWire shop-db-1')?.after).toEqual(['startSandbox shop-web-1']);
    expect(step('guardNeighbours shop')?.after).toContain('insertWire shop-db-1');
    expect(step('startContainer shop-web-1')?.after).toContain('guardNeighbours shop');
  }
  const both = stopped(gone, 'shop-db-1');
  expect(startPlan(spec, both, ['web'], options).steps.map(({ kind }) => kind)).not.toContain('insertWire');
});

test('what is run once of the other end is known before it runs', () => {
  const once = specOf(file, { oneOff: { ...plainOneOff, service: 'web', name: 'shop-web-run-1' } });
  const steps = stepsOf(once, deployed(spec), { ...heal, stopped: new Set(['web', 'db', 'fw']) });
  expect(steps.map(({ id }) => id)).toEqual([
    'createSandbox shop-web-run-1',
    'insertWire shop-db-1',
    'guardNeighbours shop',
    'createContainer shop-web-run-1',
  ]);
});

test('a function that is started is in the path again of who ran meanwhile', () => {
  const gone = stopped(deployed(spec), 'shop-fw-1');
  const started = startPlan(spec, gone, ['fw'], options).steps.map(({ id }) => id);
  expect(started).toEqual([
    'startSandbox shop-fw-1',
    'startContainer shop-fw-1',
    'configureFunction shop-db-1.front.firewall',
    'insertWire shop-db-1',
    'guardNeighbours shop',
  ]);
  expect(ids(spec, gone, { only: new Set(['fw']), whole: false })).toEqual(started);
  const both = stopped(gone, 'shop-db-1');
  expect(startPlan(spec, both, ['fw'], options).steps.map(({ kind }) => kind)).not.toContain('insertWire');
});

test('who is cut off, since a function was stopped, keeps nobody else from being brought back', () => {
  const gone = stopped(deployed(spec), 'shop-fw-1');
  const paths = [{ pod: 'shop-db-1', path: [], whole: false }];
  const now = { ...with_(gone, 'shop-web-1', { state: 'stopped', exitCode: 1 }), paths };
  const without = { ...heal, stopped: new Set(['fw']) };
  expect(ids(spec, now, without)).toEqual(['startContainer shop-web-1']);
  expect(ids(spec, { ...gone, paths }, heal)).toContain('insertWire shop-db-1');
  const ended = with_(now, 'shop-db-1', { state: 'stopped', exitCode: 1 });
  const restarted = stepsOf(spec, ended, without).find(({ id }) => id === 'startContainer shop-db-1');
  expect(restarted?.after).toContain('insertWire shop-db-1');
});

test('what a function waits for does not wait for the function, though rules know it', () => {
  const knowing = specOf(`
services:
  web: { image: nginx }
  job: { image: cron }
  db: { image: mariadb, x-heddle: { manage: { firewall: { ingress: [{ from: [web] }] } } } }
  fw: { image: wall, depends_on: [web], x-heddle: { function: wire } }
x-heddle: { chains: [{ name: front, from: job, to: db, through: [fw] }] }
`);
  const steps = stepsOf(knowing, { ...nothing, images: deployed(knowing).images });
  const at = (id: string) => steps.findIndex((one) => one.id === id);
  for (const [index, { after }] of steps.entries())
    for (const id of after) expect(at(id)).toBeLessThan(index);
  expect(steps[at('createContainer shop-db-1')]?.after).toContain('guardNeighbours shop');
});

test('a function ends after all whose traffic passes it, and is started again before them', () => {
  const all = ['fw', 'web', 'db'];
  const order = (make: typeof stopPlan) =>
    make(spec, deployed(spec), all, options).steps.map(({ id, after }) => ({ id, after }));
  expect(order(stopPlan)).toContainEqual({
    id: 'stopContainer shop-fw-1',
    after: ['stopContainer shop-db-1'],
  });
  expect(order(restartPlan)).toContainEqual({
    id: 'startContainer shop-db-1',
    after: ['stopContainer shop-db-1', 'startContainer shop-fw-1'],
  });
});
