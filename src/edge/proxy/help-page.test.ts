import { expect, test } from 'vitest';
import { copyOn, serviceOf, snapshotOf } from '../../../test/support/site-zone.ts';
import { currentView } from '../view/view.ts';
import { helpPage } from './help-page.ts';
import { routesOf } from './routes.ts';

const berlin = copyOn('b1', 'berlin', { distance: 11.1 });
const madrid = copyOn('m1', 'madrid', { distance: null, verdict: 'spare' });
const services = {
  'shop/web': serviceOf('web', { steer: 'gateway', copies: [berlin, madrid] }),
  'shop/gone': serviceOf('gone', { steer: 'gateway', copies: [] }),
  'shop/db': serviceOf('db', {
    steer: 'gateway',
    ports: [{ name: 'sql', port: 5432, protocol: 'tcp', application: 'stream' }],
    copies: [berlin],
  }),
  'shop/log': serviceOf('log', {
    steer: 'gateway',
    ports: [{ name: 'syslog', port: 514, protocol: 'udp', application: 'stream' }],
    copies: [berlin],
  }),
  'shop/here': serviceOf('here', { steer: 'gateway', copies: [copyOn('h1', 'helsinki')] }),
  'shop/far': serviceOf('far', { copies: [berlin] }),
};
const view = currentView({ ...snapshotOf().view, services });

function page(host: string, notListening: readonly [number, string][] = []): string {
  const routes = routesOf(view, { tls: false, balance: true });
  return helpPage({ view, routes, notListening: new Map(notListening) }, host);
}

test('says where each service is, how far that is, and how it is reached', () => {
  const text = page('10.1.0.1');
  expect(text).toContain('<td>berlin, b1, 11.1 ms<br>madrid, m1, at an unknown distance, spare');
  expect(text).toContain('<a href="http://web.edge.internal/">');
  expect(text).toContain('<a href="http://10.1.0.1/web/">');
  expect(text).toContain('nowhere: no live copy');
  expect(text).toContain('helsinki.gateway.edge.internal:5432');
  expect(text).toContain('helsinki.gateway.edge.internal:514 (UDP)');
  expect(text).toContain('far.shop.svc.edge.internal:80');
});

test('says which port is not listened on, and why', () => {
  expect(page('', [[5432, 'another program listens there']])).toContain(
    'not on port 5432: another program listens there',
  );
});

test('offers the name of the site only where there is a copy', () => {
  const text = page('');
  expect(text).toContain('<a href="http://here.helsinki.site.edge.internal/">');
  expect(text).not.toContain('web.helsinki.site.');
});

test('shows nothing of a host that is none', () => {
  expect(page('"><script>alert(1)</script>')).not.toContain('script');
  // Nor of one that may lead nowhere.
  for (const host of ['"><script>', 'nope.edge.internal'])
    expect(page(host)).toContain('<a href="http://helsinki.gateway.edge.internal/web/">');
});
