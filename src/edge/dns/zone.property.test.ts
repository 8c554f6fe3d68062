import fc from 'fast-check';
import { expect, test } from 'vitest';
import { copyOn, deltaOf, serviceOf, snapshotOf, zoneOf } from '../../../test/support/site-zone.ts';
import { tries } from '../../../test/support/tries.ts';
import type { CurrentView } from '../view/view.ts';
import { ViewStore } from '../view/view-store.ts';
import { recordType, wireName } from './wire.ts';
import { Zone } from './zone.ts';

// Whatever changes came one after the other, the zone answers as if it had been made from the view as it is now.

const sites = ['helsinki', 'oulu', 'turku'];
const services = ['web', 'db'];
const namespaces = ['shop', 'lab'];
const nodes = ['n1', 'n2'];
const names = [
  '',
  'ns',
  'svc',
  ...nodes.map((node) => `${node}.node`),
  ...sites.map((site) => `${site}.gateway`),
  ...services.flatMap((name) => [
    name,
    ...sites.map((site) => `${name}.${site}.site`),
    ...namespaces.flatMap((namespace) => [
      `${namespace}.svc`,
      `${name}.${namespace}.svc`,
      `_tcp.${name}.${namespace}.svc`,
      `_http._tcp.${name}.${namespace}.svc`,
    ]),
  ]),
];

const copy = fc
  .tuple(fc.constantFrom(...nodes), fc.constantFrom(...sites), fc.constantFrom('chosen', 'spare', 'out'))
  .map(([node, site, verdict]) => copyOn(node, site, { verdict: verdict as 'chosen' }));
const service = fc
  .record({
    name: fc.constantFrom(...services),
    namespace: fc.constantFrom(...namespaces),
    alias: fc.boolean(),
    bySite: fc.boolean(),
    steer: fc.constantFrom('gateway' as const, 'direct' as const),
    ttl: fc.integer({ min: 0, max: 100 }),
    copies: fc.array(copy, { maxLength: 3 }),
  })
  .map(({ name, ...rest }) => serviceOf(name, rest));
const addresses = fc.uniqueArray(fc.constantFrom('10.0.0.1', '10.0.0.2', 'fd00::1'), { maxLength: 2 });
const places = fc.record({
  gateways: fc.dictionary(fc.constantFrom(...sites), addresses),
  nodes: fc.dictionary(fc.constantFrom(...nodes), addresses),
  caa: fc.constantFrom([], [{ tag: 'issue' as const, value: 'ca.example.org' }]),
});
const change = fc.record(
  {
    set: fc.array(service, { maxLength: 2 }),
    removed: fc.array(
      fc.tuple(fc.constantFrom(...namespaces), fc.constantFrom(...services)).map((key) => key.join('/')),
      { maxLength: 2 },
    ),
    places,
  },
  { requiredKeys: ['set', 'removed'] },
);

function allAnswers(zone: Zone): unknown[] {
  return names.flatMap((name) =>
    Object.values(recordType).map((type) => {
      const body = zone.find(wireName(`${name}.edge.internal`) ?? '', type);
      return [name, type, body?.rcode, body?.bytes.toString('hex')];
    }),
  );
}

test('a zone that was changed is the zone that would be made', () => {
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
      const store = new ViewStore();
      store.receive(snapshotOf());
      const zone = zoneOf(snapshotOf());
      store.subscribe({ changed: (one) => void (one.isWhole || zone.apply(one, one.serial)) });
      for (const [index, { set, ...rest }] of changes.entries()) {
        // Answers are looked at in between, so that those that are kept have to be forgotten.
        allAnswers(zone);
        const services = Object.fromEntries(set.map((one) => [`${one.namespace}/${one.name}`, one]));
        store.receive(deltaOf({ version: 8 + index, set: services, ...rest }));
      }
      const fresh = new Zone(store.view as CurrentView, zone.serial);
      expect(allAnswers(zone)).toEqual(allAnswers(fresh));
      expect(zone.size).toBe(fresh.size);
    }),
    tries(300, 10),
  );
});
