import { describe, expect, test } from 'vitest';
import { copyOf, serviceOf } from '../../../test/support/edge-model.ts';
import { type Copy, type EdgeService, noPolicy, type Policy } from '../model/model.ts';
import { type Distance, rankCopies } from './choose.ts';

const sites = Object.fromEntries(
  ['here', 'near', 'far'].map((name) => [name, { name, gateway: [], prefer: [] as string[] }]),
);
const nodes = Object.fromEntries(
  ['here', 'near', 'far'].map((site) => [site, { name: site, site, addresses: [] }]),
);
const delays: Record<string, number> = { here: 0, near: 10, far: 30 };

const copyAt = (site: string, rest: Partial<Copy> = {}) => copyOf('web', site, rest);
const service = (copies: readonly Copy[], policy: Partial<Policy> = {}) =>
  serviceOf('web', { copies, policy: { ...noPolicy, ...policy } });

function rank(
  of: EdgeService,
  {
    error = 0,
    current,
    declared,
    prefer = [],
  }: {
    error?: number;
    current?: string;
    declared?: string;
    prefer?: readonly string[];
  } = {},
) {
  const distanceTo = (site: string): Distance => ({
    milliseconds: delays[site] ?? 0,
    error,
    basis: site === declared ? 'declared' : 'measured',
  });
  const places = { nodes, sites: { ...sites, here: { name: 'here', gateway: [], prefer } } };
  const ranked = rankCopies(places, of, { site: 'here', distanceTo, current });
  return ranked.map(({ copy, verdict, reason }) => `${copy.id} ${verdict}: ${reason}`);
}

describe('of the copies of a service', () => {
  test('those at the same site are chosen, the others are spare, nearest first', () => {
    expect(rank(service([copyAt('far'), copyAt('near'), copyAt('here')]))).toEqual([
      'web-here chosen: at this site',
      'web-near spare: 10.0 ms away, measured',
      'web-far spare: 30.0 ms away, measured',
    ]);
  });

  test.each([
    [{ ready: false }, 'not ready'],
    [{ draining: true }, 'on its way out'],
  ])('one that is %j is out', (state, reason) => {
    expect(rank(service([copyAt('here', state), copyAt('far')]))).toEqual([
      'web-far chosen: 30.0 ms away, measured',
      `web-here out: ${reason}`,
    ]);
  });

  test('none is left when all are out', () => {
    expect(rank(service([copyAt('here', { ready: false })]))).toEqual(['web-here out: not ready']);
  });

  test('an operator pins, excludes, weighs', () => {
    const copies = [copyAt('here'), copyAt('near'), copyAt('far')];
    expect(rank(service(copies, { pin: ['far'] }))[0]).toBe('web-far chosen: 30.0 ms away, measured; pinned');
    expect(rank(service(copies, { exclude: ['here'] }))[0]).toBe(
      'web-near chosen: 10.0 ms away, measured; nearest',
    );
    expect(rank(service(copies.slice(1), { weights: { far: 4 } }))[0]).toBe(
      'web-far chosen: 30.0 ms away, measured; weight 4; nearest',
    );
  });

  test('a site that this one prefers is taken before a nearer one', () => {
    expect(rank(service([copyAt('near'), copyAt('far')]), { prefer: ['far'] })[0]).toBe(
      'web-far chosen: 30.0 ms away, measured; preferred by this site',
    );
  });
});

describe('the site that was used before', () => {
  const copies = service([copyAt('near'), copyAt('far')]);

  test('stays while none is clearly nearer', () => {
    delays['far'] = 11;
    expect(rank(copies, { current: 'far' })[0]).toBe(
      'web-far chosen: 11.0 ms away, measured; kept: near is 1.0 ms nearer, and a change takes more than 2.2',
    );
    delays['far'] = 30;
  });

  test('stays while the difference is less than may be wrong', () => {
    expect(rank(copies, { current: 'far', error: 12 })[0]).toMatch(/^web-far chosen/);
    expect(rank(copies, { current: 'far', error: 5 })[0]).toMatch(/^web-near chosen/);
  });

  test('stays when it was measured and the other is only declared to be nearer', () => {
    delays['far'] = 18;
    expect(rank(copies, { current: 'far', declared: 'near' })[0]).toMatch(
      /^web-far chosen: .*kept: near is 8\.0 ms nearer, and a change takes more than 10\.0$/,
    );
    expect(rank(copies, { current: 'far' })[0]).toMatch(/^web-near chosen/);
    delays['far'] = 30;
  });

  test('is left at once when its copies are out', () => {
    const gone = service([copyAt('near'), copyAt('far', { ready: false })]);
    expect(rank(gone, { current: 'far' })[0]).toMatch(/^web-near chosen/);
  });

  test('is left at once for a copy at the same site', () => {
    expect(rank(service([copyAt('far'), copyAt('here')]), { current: 'far' })[0]).toMatch(/^web-here chosen/);
  });
});
