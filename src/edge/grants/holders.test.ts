import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Holders, type Wish } from './holders.ts';

const byKey = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const alone = (resource: string): Wish => ({ resource, isShared: false });
const shared = (resource: string): Wish => ({ resource, isShared: true });
const holders = () => new Holders(byKey);

test('what one had first stays with him while he wants it, whoever else does', () => {
  const all = holders();
  all.set('shop/web', [alone('name web')]);
  all.settle(true);
  all.set('lab/web', [alone('name web')]);
  expect([...all.settle(true)]).toContain('shop/web');
  expect([all.has('shop/web', 'name web'), all.has('lab/web', 'name web')]).toEqual([true, false]);
  all.set('shop/web', []);
  expect([...all.settle(true)]).toEqual(['lab/web']);
  expect(all.has('lab/web', 'name web')).toBe(true);
});

test('of those that come at once the first by the order has it', () => {
  const all = holders();
  for (const key of ['shop/web', 'lab/web']) all.set(key, [alone('name web')]);
  all.settle(true);
  expect(all.holdersOf('name web')).toEqual(['lab/web']);
});

test('what is shared is shared with all who share it, and with nobody who does not', () => {
  const all = holders();
  all.set('b', [shared('port 80/tcp')]);
  all.settle(true);
  all.set('a', [alone('port 80/tcp')]);
  all.set('c', [shared('port 80/tcp')]);
  all.settle(true);
  expect(['a', 'b', 'c'].map((key) => all.has(key, 'port 80/tcp'))).toEqual([false, true, true]);
  all.set('b', []);
  all.settle(true);
  expect(all.has('c', 'port 80/tcp')).toBe(true);
  all.set('c', []);
  all.settle(true);
  expect(all.has('a', 'port 80/tcp')).toBe(true);
});

test('another run gives it to who had it, and waits for him while not all were heard', () => {
  const before = holders();
  before.set('shop/web', [alone('name web')]);
  before.settle(true);
  const all = holders();
  all.recall(before.kept());
  all.set('lab/web', [alone('name web')]);
  all.settle(false);
  expect(all.has('lab/web', 'name web')).toBe(false);
  all.set('shop/web', [alone('name web')]);
  all.touchAll();
  all.settle(true);
  expect(all.has('shop/web', 'name web')).toBe(true);
  all.set('shop/web', []);
  all.settle(true);
  expect(all.has('lab/web', 'name web')).toBe(true);
});

const wish = fc.record({ resource: fc.constantFrom('x', 'y'), isShared: fc.boolean() });
const step = fc.record({
  key: fc.constantFrom('a', 'b', 'c', 'd'),
  wishes: fc.uniqueArray(wish, { selector: ({ resource }) => resource, maxLength: 2 }),
  look: fc.boolean(),
});

test('nobody loses what he still wants as he wanted it, and nothing that somebody wants is nobody’s', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const all = holders();
      const wanted = new Map<string, readonly Wish[]>();
      let had = new Map<string, readonly Wish[]>();
      for (const { key, wishes, look } of steps) {
        all.set(key, wishes);
        wanted.set(key, wishes);
        if (!look) continue;
        all.settle(true);
        for (const [one, own] of wanted)
          for (const wish of own.filter((wish) => isAmong(had.get(one), wish)))
            expect(all.has(one, wish.resource)).toBe(true);
        for (const resource of ['x', 'y']) expectOneHolder(all, wanted, resource);
        had = new Map(
          [...wanted].map(([one, own]) => [one, own.filter(({ resource }) => all.has(one, resource))]),
        );
        const next = holders();
        next.recall(all.kept());
        for (const [one, own] of wanted) next.set(one, own);
        next.settle(true);
        expect(next.kept()).toEqual(all.kept());
      }
    }),
  );
});

function expectOneHolder(all: Holders, wanted: ReadonlyMap<string, readonly Wish[]>, resource: string): void {
  const isWanted = [...wanted.values()].flat().some((one) => one.resource === resource);
  const { length } = all.holdersOf(resource);
  expect(length > 0).toBe(isWanted);
  if (!all.isShared(resource)) expect(length).toBeLessThan(2);
}

function isAmong(all: readonly Wish[] = [], { resource, isShared }: Wish): boolean {
  return all.some((one) => one.resource === resource && one.isShared === isShared);
}
