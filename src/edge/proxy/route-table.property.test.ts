import fc from 'fast-check';
import { expect, test } from 'vitest';
import { copyOn, serviceOf, snapshotOf } from '../../../test/support/site-zone.ts';
import { tries } from '../../../test/support/tries.ts';
import { type CurrentView, currentView, type ServiceView } from '../view/view.ts';
import { RouteTable } from './route-table.ts';
import { routesOf } from './routes.ts';

const copy = fc
  .record({
    node: fc.constantFrom('h1', 'h2', 'b1'),
    verdict: fc.constantFrom('chosen', 'spare', 'out'),
    number: fc.constantFrom(1, 2, 3),
  })
  .map(({ node, verdict, number }) =>
    copyOn(node, node.startsWith('h') ? 'helsinki' : 'berlin', { verdict, address: `10.0.0.${number}` }),
  );
const port = fc.record({
  name: fc.constantFrom('a', 'b'),
  port: fc.constantFrom(80, 443, 5000),
  protocol: fc.constantFrom('tcp', 'udp'),
  application: fc.constantFrom('http', 'stream'),
});
const service = fc
  .record({
    name: fc.constantFrom('web', 'db', 'cam'),
    steer: fc.constantFrom('gateway', 'gateway', 'direct'),
    alias: fc.boolean(),
    ports: fc.uniqueArray(port, { selector: ({ name }) => name, maxLength: 2 }),
    copies: fc.array(copy, { maxLength: 3 }),
  })
  .map(({ name, ...rest }) => serviceOf(name, rest as Partial<ServiceView>));
const copies = fc.record({
  name: fc.constantFrom('web', 'db', 'cam'),
  copies: fc.array(copy, { maxLength: 3 }),
});
const change = fc.oneof({ weight: 1, arbitrary: service }, { weight: 2, arbitrary: copies });

test('routes that were kept up to date are those that would be made', () => {
  fc.assert(
    fc.property(
      fc.array(service, { maxLength: 4 }),
      fc.array(change, { maxLength: 8 }),
      fc.constantFrom(undefined, 'h1'),
      (first, changes, node) => {
        const setup = { tls: false, balance: true, ...(node !== undefined && { node }) };
        const services = new Map(first.map((one) => [`shop/${one.name}`, one]));
        const view: CurrentView = { ...currentView(snapshotOf().view), services };
        const table = new RouteTable();
        table.update(view, setup);
        for (const one of changes) {
          const key = `shop/${one.name}`;
          const before = services.get(key);
          const now = 'steer' in one ? one : before && { ...before, copies: one.copies };
          if (!now) continue;
          services.set(key, now);
          table.touch({ isWhole: false, set: { [key]: now }, removed: [] });
          const backends = new Map(table.routes?.backends.map((backend) => [backend.name, backend]));
          const moved = table.update(view, setup);
          if (moved !== 'all') {
            for (const backend of moved.backends) backends.set(backend.name, backend);
            expect([...backends.values()]).toEqual(table.routes?.backends);
          }
          expect(table.routes).toEqual(routesOf(view, setup));
        }
      },
    ),
    tries(300, 60),
  );
}, 60_000);

test('where copies alone move, that is told, and what else is not looked at', () => {
  const services = new Map(
    ['web', 'db', 'far'].map((name) => [
      `shop/${name}`,
      serviceOf(name, { steer: name === 'far' ? 'direct' : 'gateway' }),
    ]),
  );
  const view: CurrentView = { ...currentView(snapshotOf().view), services };
  const setup = { tls: false, balance: false };
  const table = new RouteTable();
  expect(table.update(view, setup)).toBe('all');
  const move = (name: string, rest: Partial<ServiceView>) => {
    const key = `shop/${name}`;
    const now = { ...(services.get(key) as ServiceView), ...rest };
    services.set(key, now);
    table.touch({ isWhole: false, set: { [key]: now }, removed: [] });
    const moved = table.update(view, setup);
    return moved === 'all' ? moved : moved.backends.map(({ name: backend }) => backend);
  };
  expect(move('web', { copies: [copyOn('h2', 'helsinki')] })).toEqual([
    'shop.web.http',
    'shop.web.http.site',
  ]);
  expect(move('far', { copies: [] })).toEqual([]);
  expect(move('db', { alias: false })).toBe('all');
  table.touch({ isWhole: false, set: {}, removed: [], places: view });
  expect(table.update(view, setup)).toBe('all');
});
