import { describe, expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';
import { deployed, hash, with_ } from '../../../test/support/observed.ts';
import { restartPlan, startPlan, stopPlan } from './services.ts';

const spec = specOf(`
services:
  db: { image: a, healthcheck: { test: "true" }, stop_grace_period: 3s }
  app: { image: b, depends_on: { db: { condition: service_healthy, restart: true } } }
  web: { image: c, depends_on: [app] }
`);
const options = { hash, mode: 'heal' } as const;
const [db, app, web] = ['shop-db-1', 'shop-app-1', 'shop-web-1'] as const;

/** What each step waits for, of those about containers of applications. */
function order(make: typeof stopPlan, services: readonly string[], extra = {}, observed = deployed(spec)) {
  const { steps } = make(spec, observed, services, { ...options, ...extra });
  const own = steps.filter(({ subject }) => !subject.endsWith('.sandbox'));
  return Object.fromEntries(own.map(({ id, after }) => [id, after]));
}

describe('stop', () => {
  test('stops a service when all that depend on it are stopped', () => {
    expect(order(stopPlan, ['db', 'app', 'web'])).toEqual({
      [`stopContainer ${web}`]: [],
      [`stopContainer ${app}`]: [`stopContainer ${web}`],
      [`stopContainer ${db}`]: [`stopContainer ${app}`],
    });
    expect(order(stopPlan, ['db'])).toEqual({ [`stopContainer ${db}`]: [] });
  });

  test('gives containers the time that is asked for, instead of their own', () => {
    const grace = (extra: object) =>
      stopPlan(spec, deployed(spec), ['db'], { ...options, ...extra }).steps[0]?.args;
    expect(grace({})).toMatchObject({ grace: 3000 });
    expect(grace({ grace: 1000 })).toMatchObject({ grace: 1000 });
  });
});

describe('restart', () => {
  test('takes those along that depend on a service with restart: true: stopped before it, started after it', () => {
    expect(order(restartPlan, ['db'])).toEqual({
      [`stopContainer ${app}`]: [],
      [`stopContainer ${db}`]: [`stopContainer ${app}`],
      [`startContainer ${db}`]: [`stopContainer ${db}`],
      'awaitService db healthy': [`startContainer ${db}`],
      [`startContainer ${app}`]: [`stopContainer ${app}`, 'awaitService db healthy'],
    });
  });

  test('leaves those alone that do not ask for it, and all of them with --no-deps', () => {
    expect(Object.keys(order(restartPlan, ['app']))).toEqual([
      `stopContainer ${app}`,
      `startContainer ${app}`,
    ]);
    expect(Object.keys(order(restartPlan, ['db'], { noDeps: true }))).toEqual([
      `stopContainer ${db}`,
      `startContainer ${db}`,
    ]);
  });
});

test('a function that is restarted is configured by its manager, and who uses its outputs starts after that', () => {
  const functions = specOf(`
services:
  web: { image: a }
  db: { image: b, x-heddle: { outputsOf: [fw] } }
  fw: { image: f, network_mode: none, x-heddle: { function: { mode: wire, hooks: { configure: [m] } } } }
x-heddle: { chains: [{ name: front, from: web, to: db, through: [fw] }] }
`);
  const { steps } = restartPlan(functions, deployed(functions), ['fw', 'db'], options);
  const step = (id: string) => steps.find((one) => one.id === id);
  expect(step('callHook shop-fw-1 configure')).toMatchObject({
    reason: 'its program starts',
    after: ['startContainer shop-fw-1'],
  });
  expect(step('startContainer shop-db-1')?.after).toContain('callHook shop-fw-1 configure');
  const other = restartPlan(functions, deployed(functions), ['web'], options);
  expect(other.steps.map(({ id }) => id)).toEqual(['stopContainer shop-web-1', 'startContainer shop-web-1']);
});

test('start starts what a service depends on before it', () => {
  const names = deployed(spec).containers.map(({ name }) => name);
  const ended = names.reduce(
    (observed, name) => with_(observed, name, { state: 'stopped', exitCode: 0 }),
    deployed(spec),
  );
  const steps = order(startPlan, ['db', 'app'], {}, ended);
  expect(steps[`startContainer ${app}`]).toContain('awaitService db healthy');
  expect(Object.keys(steps)).not.toContain(`startContainer ${web}`);
});
