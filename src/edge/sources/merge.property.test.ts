import fc from 'fast-check';
import { expect, test } from 'vitest';
import { copyOf } from '../../../test/support/edge-model.ts';
import { merge, node, problemsOf, published } from '../../../test/support/merge.ts';
import { tries } from '../../../test/support/tries.ts';
import { type EdgeService, type ModelChange, serviceKey } from '../model/model.ts';

const whatever = fc.oneof(
  fc.constant(undefined),
  fc
    .record({ name: fc.constantFrom('n1', 'n2'), site: fc.constantFrom('berlin', 'nowhere') })
    .map(({ name, site }) => node(name, site)),
  fc
    .record({ name: fc.constantFrom('web', 'api'), explicit: fc.boolean(), on: fc.constantFrom('n1', 'n2') })
    .map(({ name, explicit, on }) => published(name, { explicit, copies: [copyOf(name, on)] })),
);
const step = fc.record({
  source: fc.constantFrom('east', 'west'),
  origin: fc.constantFrom('a', 'b', 'c'),
  object: whatever,
  look: fc.boolean(),
});

test('the model is that of the last words, in whatever order they were heard', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40, size: 'max' }), (steps) => {
      const merged = merge();
      const model = new Map<string, EdgeService>();
      let nodes: object = {};
      const take = (change: ModelChange) => {
        if (change.places) nodes = change.places.nodes;
        for (const [key, service] of change.services) {
          if (service) model.set(key, service);
          else model.delete(key);
        }
      };
      const last = new Map<string, (typeof steps)[number]>();
      for (const one of steps) {
        merged.apply(one.source, new Map([[one.origin, one.object]]));
        last.set(`${one.source} ${one.origin}`, one);
        if (one.look) take(merged.changes());
      }
      take(merged.changes());
      const fresh = merge();
      fresh.recall(merged.kept());
      for (const { source, origin, object } of [...last.values()].toReversed())
        fresh.apply(source, new Map([[origin, object]]));
      const expected = fresh.changes();
      const services = [...expected.services.values()].filter((service) => service !== undefined);
      expect(nodes).toEqual(expected.places?.nodes);
      expect(model).toEqual(new Map(services.map((service) => [serviceKey(service), service])));
      expect(problemsOf(merged).sort()).toEqual(problemsOf(fresh).sort());
    }),
    tries(500, 50),
  );
});
