import { describe, expect, test } from 'vitest';
import { specOf } from '../../test/support/compose.ts';
import { deployed, hash } from '../../test/support/observed.ts';
import { nothing } from './observed.ts';
import { orphansOf } from './plan/orphans.ts';
import { plan } from './plan/plan.ts';
import { scopeOf, servicesOf } from './scope.ts';

const three = specOf(
  'services: { db: { image: a }, app: { image: b, depends_on: [db] }, other: { image: c } }',
);
const web = specOf(`
services: { web: { image: w, networks: [front], volumes: ["data:/d"], x-heddle: { manage: { flows: true } } } }
networks: { front: }
volumes: { data: }
`);
const job = specOf('services: { job: { image: j } }');

describe('a service that is named', () => {
  test('comes with what it depends on, and without everything else', () => {
    expect([...scopeOf(three, undefined, { services: ['app'] }).chosen].sort()).toEqual(['app', 'db']);
    expect([...scopeOf(three, undefined, { services: ['app'], noDeps: true }).chosen]).toEqual(['app']);
    const { steps } = plan(three, nothing, { hash, mode: 'up', only: new Set(['app', 'db']), whole: false });
    const made = steps.filter(({ kind }) => kind === 'createContainer').map(({ subject }) => subject);
    expect(made).toEqual(['shop-db-1', 'shop-app-1']);
  });

  test('comes with the functions that its traffic passes', () => {
    const led = specOf(`
services: { web: { image: w }, db: { image: d }, key: { image: k }, fw: { image: f, depends_on: [key], x-heddle: { function: wire } } }
x-heddle: { chains: [{ name: c, from: web, to: db, through: [fw] }] }`);
    expect([...scopeOf(led, undefined, { services: ['db'] }).chosen].sort()).toEqual(['db', 'fw', 'key']);
    const alone = scopeOf(led, undefined, { services: ['db'], noDeps: true });
    expect([...alone.chosen].sort()).toEqual(['db', 'fw']);
    expect([...scopeOf(led, undefined, { services: ['web'] }).chosen]).toEqual(['web']);
  });

  test('leaves what the others were made from as it was', () => {
    const changed = specOf('services: { db: { image: a2 }, other: { image: c2 } }');
    const { spec } = scopeOf(changed, three, { services: ['db'] });
    const images = Object.fromEntries(
      spec.pods.map(({ service, containers }) => [service, containers[0]?.image]),
    );
    expect(images).toEqual({ db: 'a2', other: 'c', app: 'b' });
  });
});

describe('a second file of one project', () => {
  const scope = scopeOf(job, web, {});

  test('leaves the services of the first one wanted, with their networks, volumes and features', () => {
    expect(servicesOf(scope.spec).sort()).toEqual(['job', 'web']);
    expect(scope.orphans).toEqual(['web']);
    expect(scope.spec.networks.map(({ name }) => name)).toContain('shop_front');
    expect(scope.spec.volumes.map(({ name }) => name)).toContain('shop_data');
    expect(scope.spec.features.map(({ feature }) => feature)).toEqual(['flows']);
  });

  test('removes nothing, also when it is not known what the first one was', () => {
    const both = { ...deployed(web), images: { ...deployed(web).images, ...deployed(job).images } };
    for (const spec of [scope.spec, job]) {
      const { steps } = plan(spec, both, { hash, mode: 'up', only: scope.chosen });
      expect(steps.filter(({ kind }) => kind.startsWith('remove'))).toEqual([]);
    }
    expect([...orphansOf(both.containers, new Set(['job']))]).toEqual([['web', ['shop-web-1']]]);
  });

  test('removes them with all that was theirs when it is asked to', () => {
    const whole = scopeOf(job, web, { removeOrphans: true });
    expect(servicesOf(whole.spec)).toEqual(['job']);
    const options = {
      hash,
      mode: 'up',
      only: whole.chosen,
      isOrphan: (name: string) => name === 'web',
    } as const;
    const removed = plan(whole.spec, deployed(web), options).steps.filter(({ kind }) =>
      kind.startsWith('remove'),
    );
    expect(removed.map(({ subject }) => subject)).toEqual(
      expect.arrayContaining(['shop-web-1', 'shop-web-1.sandbox', 'shop.flows.collector', 'shop_front']),
    );
    expect(removed.map(({ subject }) => subject)).not.toContain('shop_data');
  });

  test('never removes what a profile that is not enabled has', () => {
    expect(scopeOf(job, web, { removeOrphans: true, inactive: ['web'] }).orphans).toEqual(['web']);
  });
});
