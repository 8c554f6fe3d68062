import { expect, test } from 'vitest';
import { copyOn, serviceOf } from '../../../test/support/site-zone.ts';
import type { BackendFigures } from '../proxy/figures.ts';
import { serviceFigures } from './service-figures.ts';

const copies = [
  copyOn('h1', 'helsinki', { address: '10.1.0.1' }),
  copyOn('b1', 'berlin', { address: '10.2.0.1', verdict: 'spare' }),
  copyOn('b2', 'berlin', { address: '10.2.0.2', verdict: 'spare' }),
  copyOn('m1', 'madrid', { address: '10.3.0.1', verdict: 'out' }),
];
const direct = serviceOf('web', { steer: 'direct', copies });
const none = new Map<string, BackendFigures>();

test('copies that the checks of the gateway see, and where clients are led for it', () => {
  const health = { '10.1.0.1 8080': 'down', '10.2.0.1 8080': 'up' } as const;
  const see = (target: string) => health[target as keyof typeof health];
  expect(serviceFigures('shop/web', direct, see, none)).toEqual({
    service: 'shop/web',
    copies: { alive: 1, down: 1, unknown: 1 },
    led: new Map([['berlin', 2]]),
  });
});

test('behind the proxy it is the proxy that sees them', () => {
  const servers = new Map([
    ['10.1.0.1 8080', true],
    ['10.2.0.1 8080', false],
  ]);
  const backends = new Map([['shop.web.http', { servers } as unknown as BackendFigures]]);
  const through = serviceOf('web', { steer: 'gateway', copies });
  expect(serviceFigures('shop/web', through, () => undefined, backends)).toEqual({
    service: 'shop/web',
    copies: { alive: 1, down: 1, unknown: 1 },
    led: new Map([['helsinki', 1]]),
  });
});

test('what the gateway checks itself, as for layer 4, it knows best', () => {
  const servers = new Map([['10.1.0.1 8080', true]]);
  const backends = new Map([['shop.web.http', { servers } as unknown as BackendFigures]]);
  const dns = { name: 'dns', port: 53, protocol: 'udp', application: 'stream' } as const;
  const through = serviceOf('web', { steer: 'gateway', copies: copies.slice(0, 1) });
  const balanced = { ...through, ports: [...through.ports, dns] };
  const seen = (service: typeof through) =>
    serviceFigures('shop/web', service, () => 'down', backends).copies;
  expect(seen(balanced)).toMatchObject({ down: 1 });
  // Its proxy knows best of what it leads to, though another service has a copy at the same address and port.
  expect(seen(through)).toMatchObject({ alive: 1 });
});

test('where nobody checks nothing is known, and where there is no copy nobody is led anywhere', () => {
  expect(serviceFigures('shop/web', direct, () => undefined, none).copies).toEqual({
    alive: 0,
    down: 0,
    unknown: 3,
  });
  const empty = serviceOf('gone', { copies: [] });
  expect(serviceFigures('shop/gone', empty, () => undefined, none).led).toEqual(new Map());
});
